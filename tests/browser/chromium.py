"""
A headless Chromium, driven over its own debugging pipe: no driver, no port, no package.

What the page says in its console, and each violation of its policy, is kept in ``complaints``.
"""

import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMEOUT = 30  # seconds
# Keys that do something else than to write their name.
_KEYS = {"Tab": 9, "Enter": 13}


def find_chromium() -> str | None:
    """The Chromium of the environment's CHROMIUM, or the first one on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser with one page. Use it in a ``with``."""

    def __init__(self, program: str, profile: Path, *, language: str = "en") -> None:
        self.program, self.profile, self.language = program, profile, language
        self.complaints: list[str] = []
        self._number = 0
        self._buffer = b""
        self._session = ""

    def __enter__(self) -> Self:
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # Chromium reads commands from descriptor 3 and answers on 4; a shell puts the pipes there.
        redirect = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        options = [
            *(
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ),
            *("--disable-background-networking", "--disable-component-update", f"--user-data-dir={self.profile}"),
            f"--lang={self.language}",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]
        self.process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", self.program, *options],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Audits"):
            self.send(f"{domain}.enable")
        return self

    def __exit__(self, *_error: object) -> None:
        self._session = ""
        try:
            self.send("Browser.close")
            self.process.wait(TIMEOUT)
        except (OSError, AssertionError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self._out)
        os.close(self._in)

    def send(self, method: str, **parameters: object) -> dict:
        """Send a command, wait for its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def _receive(self) -> dict:
        deadline = time.monotonic() + TIMEOUT
        while b"\0" not in self._buffer:
            ready, _out, _errors = select.select([self._in], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"Chromium does not answer within {TIMEOUT} s"
            part = os.read(self._in, 65536)
            assert part, "Chromium has ended"
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(line)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, told: dict) -> None:
        if method == "Log.entryAdded" and told["entry"]["level"] in {"error", "warning"}:
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(told["exceptionDetails"]["text"])
        elif method == "Audits.issueAdded" and told["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.complaints.append(json.dumps(told["issue"]["details"]))
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {told['message']}")

    # What a person does

    def run(self, script: str) -> object:
        """Return what a script gives in the page; raises AssertionError with its error."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, path: str) -> None:
        """Wait until the page of a path is there, whole."""
        self.wait(f"location.pathname === {json.dumps(path)} && document.readyState === 'complete'")

    def open(self, address: str) -> None:
        self.send("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the page, through loads of other pages."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                if self.run(condition):
                    return
            except AssertionError:
                if self.process.poll() is not None:
                    raise
            assert time.monotonic() < deadline, f"{condition} did not come true; the page says {self.text()[:500]}"
            time.sleep(0.05)

    def text(self) -> str:
        return str(self.run("document.body.innerText"))

    def click(self, selector: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, selector: str, text: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(text)}")

    def press(self, key: str, *, with_ctrl: bool = False) -> None:
        """Press a key: a letter, or one by its name, as of ``KeyboardEvent.key``."""
        named = {"windowsVirtualKeyCode": _KEYS[key]} if key in _KEYS else {}
        for kind in ("keyDown", "keyUp"):
            text = {"Enter": "\r"}.get(key, key) if kind == "keyDown" and not with_ctrl else ""
            self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                text="" if named else text,
                modifiers=2 if with_ctrl else 0,
                **named,
            )
