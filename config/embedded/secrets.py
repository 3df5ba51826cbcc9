"""Secrets of one installation: made at random once, kept in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

from config.embedded.locks import make_home


def installation_secret(path: Path, length: int = 50) -> str:
    """The secret kept at `path`, made first if need be: URL-safe text from `length` random bytes."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        make_home(path.parent)
    # Written to another file and linked, so that of two processes that start at once both get the first secret.
    written = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(length) + "\n")
    try:
        path.hardlink_to(written)
    except FileExistsError:
        pass
    finally:
        written.unlink()
    return path.read_text(encoding="utf-8").strip()
