"""README, OPERATING and other guides: files, commands and links that they name exist."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
GUIDES = ["README.md", "config/OPERATING.md", "CONTRIBUTING.md"]
MEASURES = [
    *(f"tests/benchmarks/{name}.md" for name in ("README", "ACCURACY", "SPEED", "HISTORY")),
    *(f"tests/benchmarks/HISTORY_{name}.md" for name in ("NOTICES", "FLAGS", "SPEED", "TWICE")),
]
TABLES = ["fixtures/reference/README.md", "fixtures/tables/README.md", "fixtures/facts/README.md"]
# Of tests alone.
OF_TESTS = {"VEEDOR_SHARED"}
# `make` runs them.
OF_MAKE = {"makemigrations", "quickstart", "servers"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """Return the names by which sections are linked to: small letters, words joined by hyphens."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_each_command_is_listed_once():
    told = re.findall(r"^\| `manage\.py (\w+)", text("README.md") + text("CONTRIBUTING.md"), re.MULTILINE)
    ours = {name for name, app in get_commands().items() if app in {"config", "contracts", "audits"}}
    assert sorted(told) == sorted(ours - OF_MAKE)


@pytest.mark.parametrize("name", [*GUIDES, *MEASURES])
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text(name)):
        file, _hash, anchor = target.partition("#")
        led_to = (ROOT / name).parent / file if file else ROOT / name
        assert led_to.is_file(), target
        assert not anchor or anchor in anchors(led_to), target


@pytest.mark.parametrize("name", [*GUIDES, *TABLES, "CHANGELOG.md"])
def test_modules_and_folders_that_are_named_are_there(name):
    of_this_version = text(name).partition("## 0.2.0")[0]
    named = re.findall(r"`((?:audits|config|contracts|fixtures|tests)/[\w./-]*\w)/?`", of_this_version)
    assert not [path for path in named if not (ROOT / path).exists() and not any(ROOT.glob(f"{path}.*"))]


@pytest.mark.parametrize("name", GUIDES)
def test_settings_that_are_named_stand_in_the_example(name):
    named = set(re.findall(r"`(VEEDOR_[A-Z_]+)", text(name)))
    known = set(re.findall(r"^(?:# )?([A-Z_]+)=", text(".env.example"), re.MULTILINE))
    assert named - OF_TESTS <= known


def test_each_file_of_reference_data_is_reported():
    """The folder is what rules look things up in: nothing lies there that nobody explains."""
    told = set(re.findall(r"`(\w+\.(?:csv|txt|json))`", text("fixtures/reference/README.md")))
    folder = ROOT / "fixtures" / "reference"
    assert told == {path.name for path in folder.iterdir()} - {"README.md"}
