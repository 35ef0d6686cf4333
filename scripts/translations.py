"""Is every sentence there in both languages, and is what is compiled what is written?

Sentences are gathered from the Python modules (`say`, `gettext`), the templates (`{% trans %}`) and the docstrings that
are the help of commands, put into the Chinese catalogue and compiled by Babel: no gettext tools are needed. `--check`
writes nothing and says what is missing.
"""

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
COMMANDS = SOURCE / "fengsui/cli"
HOME = SOURCE / "fengsui/locale/zh_Hans/LC_MESSAGES"
KEYWORDS = {"say": None, "_": None, "gettext": None, "gettext_lazy": None}
# Babel writes times into both files; with a fixed one the same sentences give the same bytes.
NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)
IN_TEMPLATES = re.compile(r"""\{%\s*(?:trans|translate)\s+(?:"([^"]+)"|'([^']+)')""")
BLOCKS = re.compile(r"\{%\s*block(?:trans|translate)[^%]*%\}(.*?)\{%\s*endblock(?:trans|translate)\s*%\}", re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(description="Renew or check the Chinese catalogue.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a sentence is missing")
    only_check = parser.parse_args().check
    catalogue = renewed(written())
    missing = [message.id for message in catalogue if message.id and not message.string]
    for sentence in missing:
        print(f"no Chinese for: {sentence}", file=sys.stderr)
    for complaint in unequal_places(catalogue):
        print(complaint, file=sys.stderr)
    if only_check:
        return int(bool(missing) or any(unequal_places(catalogue)) or not is_as_written(catalogue))
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "django.po").write_bytes(as_po(catalogue))
    (HOME / "django.mo").write_bytes(as_mo(catalogue))
    return int(bool(missing))


def sentences() -> Iterator[tuple[str, str]]:
    """(sentence, file it stands in), in the order of files."""
    for path in sorted(SOURCE.rglob("*.py")):
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            if isinstance(message, str) and message:
                yield message, path.relative_to(ROOT).as_posix()
    for path in sorted(COMMANDS.glob("*.py")):
        module = ast.parse(path.read_text())
        if any(isinstance(part, ast.FunctionDef) and part.name == "add_arguments" for part in module.body):
            yield str(ast.get_docstring(module, clean=False)).strip(), path.relative_to(ROOT).as_posix()
    for path in sorted(SOURCE.rglob("*.html")):
        text = path.read_text()
        found = [match.group(1) or match.group(2) for match in IN_TEMPLATES.finditer(text)]
        found += [re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", match.group(1)) for match in BLOCKS.finditer(text)]
        for message in found:
            yield message, path.relative_to(ROOT).as_posix()


def written() -> Catalog:
    path = HOME / "django.po"
    if not path.exists():
        return Catalog(locale="zh_Hans")
    return read_po(io.BytesIO(path.read_bytes()), locale="zh_Hans")


def renewed(old: Catalog) -> Catalog:
    """Today's sentences with the Chinese they have; what is said no more is dropped."""
    new = Catalog(locale="zh_Hans", project="fengsui", fuzzy=False)
    for message, path in sorted(sentences()):
        known = old.get(message)
        new.add(message, known.string if known else "", locations=[(path, None)])
    return new


def unequal_places(catalogue: Catalog) -> list[str]:
    """Sentences whose %(places)s differ between the languages."""
    places = re.compile(r"%\((\w+)\)|\{(\w+)\}")
    return [
        f"other places in the Chinese of: {message.id}"
        for message in catalogue
        if message.id and message.string and set(places.findall(message.id)) != set(places.findall(message.string))
    ]


def is_as_written(catalogue: Catalog) -> bool:
    """Whether both committed files are what this run would write."""
    pairs = [(HOME / "django.po", as_po(catalogue)), (HOME / "django.mo", as_mo(catalogue))]
    stale = [path.name for path, content in pairs if not path.exists() or path.read_bytes() != content]
    for name in stale:
        print(f"{name} is not what the sources say: run `make translations`", file=sys.stderr)
    return not stale


def as_po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, omit_header=False, include_lineno=False, width=0)
    # Babel stamps the time of writing; without it the same sentences give the same bytes.
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not _is_stamp(line))


def as_mo(catalogue: Catalog) -> bytes:
    fixed = read_po(io.BytesIO(as_po(catalogue)), locale="zh_Hans")
    fixed.creation_date = fixed.revision_date = NO_TIME
    out = io.BytesIO()
    write_mo(out, fixed)
    return out.getvalue()


def _is_stamp(line: bytes) -> bool:
    return line.startswith(
        (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b"# Copyright", b"# FIRST AUTHOR")
    )


if __name__ == "__main__":
    sys.exit(main())
