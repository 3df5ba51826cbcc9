"""
The Chromium of this machine, driven by Playwright, which brings no browser of its own.

Playwright keeps an event loop running in the thread that calls it, and Django refuses its database beside one: all
calls are made in a thread that does nothing else.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import ConsoleMessage, Dialog, Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMEOUT = 30  # seconds
# Of the accounts that log in.
PASSWORD = "four-eyes-see-more-than-two"


def find_chromium() -> str | None:
    """The Chromium of the environment's CHROMIUM, or the first one on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser without windows. Use it in a ``with``."""

    def __init__(self, program: str) -> None:
        self.program = program
        self._thread = ThreadPoolExecutor(1, "playwright")

    def __enter__(self) -> Self:
        self._playwright = self.do(sync_playwright().start)
        self.browser = self.do(self._playwright.chromium.launch, executable_path=self.program)
        return self

    def __exit__(self, *_error: object) -> None:
        self.do(self.browser.close)
        self.do(self._playwright.stop)
        self._thread.shutdown()

    def do(self, call: Callable, *given: Any, **options: Any) -> Any:
        """Return what a call of Playwright gives, or raise what it raises."""
        return self._thread.submit(call, *given, **options).result()

    def window(self, width: int = 1280, height: int = 900, *, has_script: bool = True) -> "Window":
        """A window with cookies of its own, ``width`` × ``height`` pixels; one that is narrow is a phone's."""
        return Window(self, {"width": width, "height": height}, has_script=has_script)


class Window:
    """
    One page of the browser, and what a person does with it. Use it in a ``with``.

    What the page says in its console, and each violation of its policy, is kept in ``complaints``.
    """

    def __init__(self, chromium: Chromium, size: dict[str, int], *, has_script: bool) -> None:
        self.complaints: list[str] = []
        self._do, self._chromium, self._size, self._has_script = chromium.do, chromium, size, has_script

    def __enter__(self) -> Self:
        self._do(self._open)
        return self

    def __exit__(self, *_error: object) -> None:
        self._do(self._context.close)

    def _open(self) -> None:
        self._context = self._chromium.browser.new_context(
            viewport=self._size,
            is_mobile=self._size["width"] < 500,
            java_script_enabled=self._has_script,
            extra_http_headers={"Accept-Language": "en"},
        )
        self._context.set_default_timeout(TIMEOUT * 1000)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(error.message))
        self.page.on("dialog", self._refuse)
        self._devtools = self._context.new_cdp_session(self.page)
        self._devtools.on("Audits.issueAdded", self._note)
        self._devtools.send("Audits.enable")

    def _hear(self, said: ConsoleMessage) -> None:
        # Browsers ask every site for an icon.
        if said.type in {"error", "warning"} and "favicon.ico" not in said.location["url"]:
            self.complaints.append(f"{said.text} {said.location['url']}")

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, told: dict) -> None:
        if told["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.complaints.append(json.dumps(told["issue"]["details"]))

    # What a person brings

    def sign_in(self, session: str, server: str) -> None:
        """Take the cookie of a session."""
        self._do(self._context.add_cookies, [{"name": "sessionid", "value": session, "url": server}])

    def sign_out(self) -> None:
        self._do(self._context.clear_cookies)

    def speak(self, language: str) -> None:
        self._do(self.page.set_extra_http_headers, {"Accept-Language": language})

    def resize(self, width: int, height: int) -> None:
        self._do(self.page.set_viewport_size, {"width": width, "height": height})

    def prefer(self, scheme: str) -> None:
        """Prefer a scheme of colours, "light" or "dark"."""
        self._do(self.page.emulate_media, color_scheme=scheme)

    def command(self, method: str, **parameters: object) -> dict:
        """Send a command of the Chrome DevTools Protocol, for what Playwright has no word for."""
        return self._do(self._devtools.send, method, parameters)

    # What a person does

    def log_in(self, name: str) -> None:
        """Fill in the page that asks who somebody is, for an account with ``PASSWORD``, and send it."""
        self.fill("#id_username", name)
        self.fill("#id_password", PASSWORD)
        self.click("[type=submit]")

    def open(self, address: str) -> None:
        self._do(self.page.goto, address)

    def click(self, selector: str) -> None:
        self._do(self.page.click, selector)

    def follow(self, selector: str) -> None:
        """Press a button or a link and wait for the page it leads to."""
        self.run("window.isOld = true; 0")
        self.click(selector)
        self.wait("window.isOld === undefined && document.readyState === 'complete'")

    def fill(self, selector: str, text: str) -> None:
        """Write a text into a field, or choose an option by its value."""

        def fill() -> None:
            field = self.page.locator(selector).first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)

        self._do(fill)

    def attach(self, selector: str, path: Path) -> None:
        self._do(self.page.set_input_files, selector, path)

    def press(self, key: str) -> None:
        """Press a key by its name, as Playwright writes it: "j", "Enter", "Control+Enter"."""
        self._do(self.page.keyboard.press, key)

    # What a person sees

    def run(self, script: str) -> object:
        """Return what a script gives in the page; raises playwright's Error with its error."""
        return self._do(self.page.evaluate, script)

    def text(self) -> str:
        return str(self.run("document.body.innerText"))

    def overflow(self) -> object:
        """Return how many pixels the page is wider than the screen."""
        return self.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def wait_for(self, path: str) -> None:
        """Wait until the page of a path is there, whole."""
        self.wait(f"location.pathname === {json.dumps(path)} && document.readyState === 'complete'")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the page, through loads of other pages."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                if self.run(condition):
                    return
            except Error:  # the page is being left
                if not self._chromium.browser.is_connected():
                    raise
            assert time.monotonic() < deadline, f"{condition} did not come true; the page says {self.text()[:500]}"
            time.sleep(0.05)
