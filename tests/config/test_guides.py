"""README and OPERATING: what they name is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
GUIDES = ["README.md", "config/OPERATING.md", "CONTRIBUTING.md"]
# `make` runs them.
OF_MAKE = {"quickstart", "servers"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """Return the names by which sections are linked to: small letters, words joined by hyphens."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_readme_tells_of_each_command_once():
    told = re.findall(r"^\| `manage\.py (\w+)", text("README.md"), re.MULTILINE)
    ours = {name for name, app in get_commands().items() if app in {"config", "contracts", "audits"}}
    assert sorted(told) == sorted(ours - OF_MAKE)


@pytest.mark.parametrize("name", GUIDES)
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text(name)):
        file, _hash, anchor = target.partition("#")
        led_to = (ROOT / name).parent / file if file else ROOT / name
        assert led_to.is_file(), target
        assert not anchor or anchor in anchors(led_to), target
