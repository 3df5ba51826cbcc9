"""Pages: where those of the admin are, and what a browser would make of one."""

import re
from html.parser import HTMLParser

from django.urls import reverse

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "</pre></mark></title><b class=hostile>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<a href="javascript:alert(1)" style="color:red">x</a>',
)

# Addresses that lead somewhere harmless; whatever else stands in a link is alive.
_HARMLESS = ("/", "?", "#", "http://", "https://", "..")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "img" and not (given.get("src") or "").startswith("/static/"):
            self.found.append(f"<img src={given.get('src')}>")
        if tag == "script" and not (given.get("src") or "").startswith(("/static/", "/admin/jsi18n/")):
            self.found.append("<script> without a source of ours")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(f"{name}={value}")
            if name in {"href", "src", "action", "formaction"} and value and not value.startswith(_HARMLESS):
                self.found.append(f"{name}={value}")

    def handle_data(self, data):
        self.text.append(data)


def alive(html: str) -> list[str]:
    """
    Return what of a page could run, load or lead elsewhere than it should: scripts, handlers, styles, addresses; and
    hostile texts that stand there as they were sent.
    """
    reader = _Reader()
    reader.feed(html)
    return reader.found + [text for text in HOSTILE if text in html and text[0] in "<\"'"]


def text_of(html: str) -> str:
    """Return the text that a reader sees, spaces evened out."""
    reader = _Reader()
    reader.feed(html)
    return " ".join(" ".join(reader.text).split())


def words_of(page: str) -> str:
    """Return the words of the receipt that a page shows once."""
    (words,) = re.findall(r"<strong>((?:[a-z]{4} ){8}[a-z]{4})</strong>", page)
    return str(words)


def get(client, address, language="en", status=200) -> str:
    """Return a page, which must answer with a status."""
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == status, address
    return answer.content.decode()


def change_page(row) -> str:
    """Return the address of the page of a row in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
