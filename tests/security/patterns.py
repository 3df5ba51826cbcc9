"""
Every regular expression of ours, as the modules compile or use it: ``python -m tests.security.patterns`` prints them.

All modules are imported, whatever their name; what a function compiles is seen where `use` calls it. Calls of `re`
that stand in a source and were never made are printed too: whoever writes one adds it to `use`.
"""

import ast
import importlib
import json
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "reference"
APPS = ("config", "contracts", "audits")
FUNCTIONS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")
# What is run from a command line, by a server or once in a migration, and reads nothing that strangers send.
LEFT_OUT = re.compile(r"\.(migrations|management)\.|\.__main__$|^config\.gunicorn$")

Place = tuple[str, int]  # module, line


def main() -> None:
    patterns: set[tuple[str, int, bool, str]] = set()
    made: set[Place] = set()
    _watch(patterns, made)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    modules = dict(_import_all())
    use()
    unseen = [
        f"{name}:{first}"
        for name, path in modules.items()
        for first, last in _calls(path)
        if not any((name, line) in made for line in range(first, last + 1))
    ]
    json.dump({"patterns": sorted(patterns), "unseen": unseen, "modules": sorted(modules)}, sys.stdout)


def use() -> None:
    """Call what compiles a pattern when it is called."""
    from django.urls import converters

    from audits.facts.contracts.amendment_words import AmendmentWords
    from audits.indicators import settings as indicators
    from audits.matching.documents import clauses
    from audits.matching.documents import kinds as document_kinds
    from audits.matching.laws.jurisdictions import jurisdictions_in
    from audits.matching.organizations import watchlist
    from audits.matching.organizations.names import NameReader
    from audits.matching.organizations.names_in_texts import name_words, places_of_name
    from audits.matching.products.unlisted import unlisted_products
    from audits.matching.purchases.automated_decisions import automated_decisions
    from audits.matching.reference.data import Reference
    from audits.matching.reference.files import read_rows
    from audits.matching.texts.normalize import fold
    from audits.matching.texts.word_lists import Word, Words
    from audits.measuring.evaluation import contract_of_project
    from contracts.api.protocol.rows.written_by_postgres import neutral
    from contracts.intake.rows.organization_keys import organization_key
    from contracts.names.spelling import normal_number
    from contracts.ocds.personal_data import without_personal_data
    from contracts.ocds.written import amounts, days

    rows = read_rows(FIXTURES / "words.csv", Word)
    words = Words(rows)
    AmendmentWords(words)
    NameReader(words)
    for kind in {row.list for row in rows}:
        document_kinds._pattern(kind, words)
        words.pattern(kind)
        words.pattern_of_country(kind, "MX")
    Reference.read(FIXTURES)
    list(unlisted_products("software x 1", "es", words))
    list(automated_decisions(fold("software automatico"), words))
    watchlist._word("red")
    clauses.missing([])
    list(jurisdictions_in("the laws of england"))
    list(places_of_name(name_words("Municipio de Prueba"), "municipio de prueba"))
    watchlist._identifier("A-1")
    normal_number("20-1")
    without_personal_data(b'{"parties":[{"id":"BR-CPF-52998224725"}]}')
    organization_key(SimpleNamespace(scheme="PE-RUC", identifier="20-1"), "PE", "ocds-1")
    days._iso("2024-01-01T00:00:00 GMT")
    amounts._number("1.234.567,89", ",")
    neutral("a;=b", ",")
    contract_of_project({"name": "x", "what": "y", "year": "2024"})
    for read, value in ((indicators._integer, "5"), (indicators._count, "5"), (indicators._lines, "a = \\t")):
        read(value)
    # Django compiles those of our addresses.
    for converter in converters.get_converters().values():
        if type(converter).__module__.startswith(APPS):
            re.compile(converter.regex)


def _watch(patterns: set[tuple[str, int, bool, str]], made: set[Place]) -> None:
    """Note the pattern and the place of each call of `re` by a module of ours."""

    def watched(function: Any) -> Any:
        def call(pattern: Any, *arguments: Any, **options: Any) -> Any:
            frame = sys._getframe(1)
            module = frame.f_globals.get("__name__", "")
            if module.partition(".")[0] in APPS or module == "__main__":
                flags = options.get("flags", arguments[0] if function is compile_ and arguments else 0)
                known = compile_(pattern, flags)
                is_bytes = isinstance(known.pattern, bytes)
                text = known.pattern.decode("latin-1") if is_bytes else known.pattern
                patterns.add((text, int(known.flags), is_bytes, module))
                made.add((module, frame.f_lineno))
            return function(pattern, *arguments, **options)

        return call

    compile_ = re.compile
    for name in FUNCTIONS:
        setattr(re, name, watched(getattr(re, name)))


def _import_all() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if not LEFT_OUT.search(f"{found.name}{'.' if found.ispkg else ''}"):
                module = importlib.import_module(found.name)
                yield found.name, Path(module.__file__ or "")


def _calls(path: Path) -> Iterator[tuple[int, int]]:
    """Yield the lines of each call of a function of `re` in a source."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re":
                yield node.lineno, node.end_lineno or node.lineno


if __name__ == "__main__":
    main()
