"""Which parts of these pages are read from the code, not copied?

Directives, each without content: `lifecycle incident|unit|assignment`, `who-may`, `refusals`, `addresses`,
`starting-data types|dispositions|unit-kinds|retention`.
"""

from typing import Any

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from from_the_code import addresses, ladder, refusals, roles, starting_data


class _Html(SphinxDirective):
    """A directive that stands for a piece of HTML."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", self.html(), format="html")]

    def html(self) -> str:
        raise NotImplementedError


class Lifecycle(_Html):
    required_arguments = 1

    def html(self) -> str:
        return ladder.drawing(self.arguments[0]) + ladder.table(self.arguments[0])


class WhoMay(_Html):
    def html(self) -> str:
        return roles.table()


class Refusals(_Html):
    def html(self) -> str:
        return refusals.table()


class Addresses(_Html):
    def html(self) -> str:
        return addresses.table()


class StartingData(_Html):
    required_arguments = 1

    def html(self) -> str:
        return starting_data.table(self.arguments[0])


DIRECTIVES: dict[str, type[SphinxDirective]] = {
    "lifecycle": Lifecycle,
    "who-may": WhoMay,
    "refusals": Refusals,
    "addresses": Addresses,
    "starting-data": StartingData,
}


def setup(app: Sphinx) -> dict[str, Any]:
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
