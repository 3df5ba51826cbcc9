"""Annotations that Python 3.14 reads as older ones do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [path for part in ("config", "contracts", "audits") for path in sorted((ROOT / part).rglob("*.py"))]


def members(entry: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement in the body of a class gives to it."""
    if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield entry.name
    targets = entry.targets if isinstance(entry, ast.Assign) else [getattr(entry, "target", None)]
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def mistaken(tree: ast.AST) -> Iterator[str]:
    """Yield the members of classes whose annotation names a member of the class."""
    for known in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        names = {name for entry in known.body for name in members(entry)}
        for entry in known.body:
            if isinstance(entry, ast.AnnAssign):
                used = {node.id for node in ast.walk(entry.annotation) if isinstance(node, ast.Name)}
                yield from (f"{known.name}.{ast.unparse(entry)}" for _ in used & names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_annotation_names_a_member_of_its_class(path):
    """Since 3.14 annotations are evaluated when somebody asks: ``date: date`` then means the member, not the type."""
    assert not list(mistaken(ast.parse(path.read_text())))


def test_an_annotation_that_names_a_member_is_seen():
    assert list(mistaken(ast.parse("class Row:\n    date: date\n    day: int"))) == ["Row.date: date"]
