"""The top of the repository is what a newcomer sees first: nothing stands there that nobody decided to put there."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {".ci", "audits", "config", "contracts", "fixtures", "tests"}
FILES = {
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "manage.py", "pyproject.toml"),
    *("Dockerfile", "docker-compose.yml", ".dockerignore", ".env.example", ".gitignore"),
    *(
        f"requirements{part}.{end}"
        for part in ("", "-dev", "-embedded", "-fuzz", "-standards")
        for end in ("in", "txt")
    ),
}


def test_the_top_of_the_repository_holds_what_is_named_here():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("no checkout, or no git: which files are committed cannot be told")
    # Also where the checkout belongs to another user, as in a container.
    command = ["git", "-c", "safe.directory=*", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    places = [line.split("/") for line in listed.splitlines()]
    assert {place[0] for place in places if len(place) > 1} == FOLDERS
    assert {place[0] for place in places if len(place) == 1} == FILES
