"""Edits that show what they would do first: send the form, read the preview, send what it holds."""

import html
import re
from typing import Any

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def hidden_fields(page: str) -> dict[str, list[str]]:
    """Return the fields of a preview, which are sent to save what it showed."""
    found: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(page):
        if name != "csrfmiddlewaretoken":
            found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def save_previewed(client: Any, address: str, form: dict[str, Any]) -> Any:
    """Send a form and confirm its preview; return the answer to that, or the first one if it is no preview."""
    answer = client.post(address, form)
    fields = hidden_fields(answer.content.decode())
    return client.post(address, fields) if "_previewed" in fields else answer
