"""Pages about rules, as their readers see them."""

import re
from html.parser import HTMLParser
from pathlib import Path

TEXTS = Path(__file__).parents[2] / "audits" / "methodology" / "texts"
BLOCK = re.compile(r"<(p|ul|li|pre|h2|h3)>")


class Words(HTMLParser):
    """What a reader sees of a page, and what it asks the browser to fetch."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.links, self.hidden = [], [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.hidden = tag in {"style", "script"}
        if "href" in given:
            self.links.append(given["href"])

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)

    def __str__(self):
        return " ".join(" ".join(self.text).split())


def read(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return Words(response.content.decode())


def blocks_of(shown):
    """Return the kinds of blocks of a page in order: ``["h2", "p", "p", "h2", …]``."""
    return BLOCK.findall(shown.html)
