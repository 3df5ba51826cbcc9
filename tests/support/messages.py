"""
`make messages`: bring the catalogs of translations up to date with the texts that are marked in the code.

New texts come without a translation, texts that are gone are left out, every catalog is compiled. Nothing but Babel is
needed: Django's own command wants GNU gettext. What still lacks a translation is told, and a test fails on it.
"""

import ast
import csv
import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from contracts.ocds.portuguese import in_portugal

ROOT = Path(__file__).parents[2]
APPS = ("config", "contracts", "audits")
LANGUAGES = ("es", "pt")
# Catalogs of what another one says otherwise elsewhere; for the rest Django takes the other one.
VARIANTS = {"pt_PT": "pt"}
# Columns of tables that are shown in the reader's language: app → file → columns.
TABLES = {
    "contracts": {
        **{
            f"fixtures/wording/{name}.csv": ("text",)
            for name in ("api_problems", "corrections", "hints", "problems", "values")
        },
        "fixtures/wording/columns.csv": ("label",),
        "fixtures/wording/facts.csv": ("label", "hint"),
    },
    "audits": {
        "fixtures/reference/public_lists.csv": ("authority", "effect"),
        **{f"fixtures/wording/{name}.csv": ("text",) for name in ("places", "reasons")},
    },
}
# Name of the function → where its arguments hold the text, its plural, its context.
KEYWORDS = {
    **dict.fromkeys(("_", "_lazy", "gettext", "gettext_lazy", "gettext_noop"), (0, None, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1, None, 0)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (1, 2, 0)),
}
_CALL = re.compile(r"(?<= )(?:n?p?gettext|_)\(.*?\)(?= )")


class Marked(NamedTuple):
    """A text that is marked for translation, with its plural if it is counted."""

    text: str
    plural: str = ""
    context: str = ""


class PlainCatalog(Catalog):
    """A catalog without dates and names of programs: the same texts give the same files."""

    def __init__(self, language: str) -> None:
        super().__init__(language, header_comment="", fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def catalog_file(app: str, language: str) -> Path:
    """Return the path of the catalog as text (.po); the compiled one (.mo) lies beside it."""
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def marked(app: str) -> list[Marked]:
    """Return the texts that are marked in the code and templates of an app, by file and line, and those of tables."""
    found: dict[Marked, None] = {}
    for file in sorted((ROOT / app).rglob("*.py")):
        found.update(dict.fromkeys(marked_in_code(file.read_text(encoding="utf-8"))))
    for file in sorted((ROOT / app).rglob("templates/**/*.*")):
        found.update(dict.fromkeys(marked_in_template(file.read_text(encoding="utf-8"))))
    for table, columns in TABLES.get(app, {}).items():
        found.update(dict.fromkeys(marked_in_table(ROOT / table, columns)))
    return list(found)


def marked_in_code(code: str) -> list[Marked]:
    """Read the syntax tree: tokens do not show what stands inside an f-string to Python 3.11."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    found = []
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in call.args]
        if (
            name in KEYWORDS
            and texts
            and all(isinstance(texts[place], str) for place in KEYWORDS[name] if place is not None)
        ):
            found.append(Marked(*("" if place is None else texts[place] for place in KEYWORDS[name])))
    return found


def marked_in_template(template: str) -> list[Marked]:
    return [text for call in _CALL.findall(templatize(template)) for text in marked_in_code(call)]


def marked_in_table(table: Path, columns: Iterable[str]) -> list[Marked]:
    with table.open(encoding="utf-8", newline="") as rows:
        return [Marked(row[column]) for row in csv.DictReader(rows) for column in columns if row[column]]


def read_catalog(app: str, language: str) -> Catalog:
    """Return the catalog as it is, an empty one if there is none."""
    file = catalog_file(app, language)
    if not file.exists():
        return PlainCatalog(language)
    with file.open("rb") as content:
        return read_po(content, locale=language)


def updated(app: str, language: str) -> Catalog:
    """Return the texts marked in an app with the translations that the catalog has of them."""
    known, catalog = read_catalog(app, language), PlainCatalog(language)
    common = read_catalog(app, VARIANTS[language]) if language in VARIANTS else None
    for text, plural, context in marked(app):
        had = known.get(text, context or None)
        if common is not None and had is None:
            had = _of_variant(common.get(text, context or None))
            if had is None:
                continue
        # The same words may have become countable.
        string = had.string if had is not None and had.pluralizable == bool(plural) else ""
        catalog.add((text, plural) if plural else text, string, context=context or None)
    return catalog


def _of_variant(common: Message | None) -> Message | None:
    """Return what Portugal says for what Brazil says, ``None`` where it says the same; a person may say it better."""
    if common is None:
        return None
    said = common.string
    own = in_portugal(said) if isinstance(said, str) else tuple(map(in_portugal, said))
    return None if own == said else Message(common.id, own, context=common.context)


def as_text(catalog: Catalog) -> bytes:
    """Return a catalog as the content of its .po file."""
    content = io.BytesIO()
    write_po(content, catalog, width=0, no_location=True, ignore_obsolete=True)
    return content.getvalue().lstrip()


def compiled(catalog: Catalog) -> bytes:
    """Return a catalog as the content of its .mo file."""
    content = io.BytesIO()
    write_mo(content, catalog)
    return content.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts without a translation, or with one that lacks a form of the plural."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not all([message.string] if isinstance(message.string, str) else message.string)
    ]


def main() -> int:
    """Write the catalogs; return 1 if a text lacks a translation."""
    missing = False
    for app in APPS:
        for language in (*LANGUAGES, *VARIANTS):
            catalog, file = updated(app, language), catalog_file(app, language)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(as_text(catalog))
            file.with_suffix(".mo").write_bytes(compiled(catalog))
            for text in untranslated(catalog):
                missing = True
                sys.stdout.write(f"{file.relative_to(ROOT)} lacks: {text!r}\n")
    return int(missing)


if __name__ == "__main__":
    sys.exit(main())
