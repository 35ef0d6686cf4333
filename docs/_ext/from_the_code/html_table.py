"""How does a list of rows become a table that the theme knows how to style?"""

from collections.abc import Iterable, Sequence
from html import escape


def html_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, kind: str) -> str:
    """A table; cells are HTML already. `kind` is its class, for the style sheet and for tests."""
    top = "".join(f"<th scope='col'>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f"<div class='table-wrapper docutils container'><table class='docutils {kind}'>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def code(text: str) -> str:
    return f"<code class='docutils literal'>{escape(text)}</code>"
