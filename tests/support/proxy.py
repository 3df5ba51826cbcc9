"""The proxy of docker compose, run by an nginx of this machine in front of a web server of the tests."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from config.child_processes import Supervised
from tests.support.servers import free_port

CONFIGURATION = Path(__file__).parents[2] / "config" / "deployment" / "nginx.conf"
TIMEOUT = 30


class Proxy(Supervised):
    """Nginx with the configuration of the deployment, but for its places: ports, certificate and temporary files."""

    def __init__(self, folder: Path, *, web_port: int) -> None:
        self.port = free_port()
        for room in ("temporary", "answers"):
            (folder / room).mkdir()
        self._make_certificate(folder)
        text = CONFIGURATION.read_text(encoding="utf-8")
        for place, ours in {
            "/tmp/": f"{folder}/temporary/",
            "/answers/": f"{folder}/answers/",
            "/certificates/": f"{folder}/",
            "listen 8080;": f"listen 127.0.0.1:{free_port()};",
            "listen 8443 ": f"listen 127.0.0.1:{self.port} ",
            "web:8000": f"127.0.0.1:{web_port}",
        }.items():
            assert place in text
            text = text.replace(place, ours)
        if os.geteuid() == 0:
            text = f"user root;\n{text}"  # whose folders it uses
        (folder / "nginx.conf").write_text(text, encoding="utf-8")
        command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", "daemon off;"]
        super().__init__("proxy", command, folder, os.environ)

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except OSError:
                if not self.is_running() or time.monotonic() > deadline:
                    raise AssertionError(f"The proxy did not start:\n{self.end_of_log()}") from None
                time.sleep(0.05)
            else:
                return

    @staticmethod
    def _make_certificate(folder: Path) -> None:
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command = ["openssl", "req", "-x509", *curve, "-nodes", "-days", "1", *subject, *files]
        subprocess.run(command, check=True, capture_output=True)


def skip_without_nginx() -> None:
    missing = [name for name in ("nginx", "openssl") if not shutil.which(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not on the PATH: the proxy of docker compose can not be tried")
