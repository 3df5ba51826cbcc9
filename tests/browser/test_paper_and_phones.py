"""Public pages in print and on a telephone: what is folded, hidden and kept together."""

import pytest

from audits.pages.addresses import process_page
from contracts.models import Organization
from tests.support.buying import purchase

pytestmark = pytest.mark.django_db(transaction=True)

SHOWN = """[...document.querySelectorAll(%r)].filter(
    (one) => one.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})).length"""


def test_on_paper_there_is_what_can_be_read_and_nothing_to_press(chromium, live_server, buy, confirm):
    buy(*(purchase(number, year=2018 + number, method="direct") for number in (1, 2, 3)))
    flagged = process_page(confirm("T01").process.ocid)
    with chromium.window() as browser:
        browser.command("Emulation.setEmulatedMedia", media="print")
        buyer = Organization.objects.get(name="Municipio de Prueba")
        for address in (flagged, f"/organizations/{buyer.pk}/", "/countries/MX/"):
            browser.open(live_server.url + address)
            pressed = "main form, .files, .embed, header.site, summary"
            assert browser.run(SHOWN % pressed) == 0, address
            assert browser.run(SHOWN % "h1, .drawing svg") >= 2, address
        browser.open(live_server.url + flagged)
        assert browser.run("getComputedStyle(document.querySelector('.flag')).breakInside") == "avoid"
        assert browser.run("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
        assert browser.run("getComputedStyle(document.querySelector('tr')).breakInside") == "avoid"
        # Where it was read, since a link cannot be followed on paper.
        assert f"{live_server.url}{flagged} (" in browser.text()
        assert "/flags/" in browser.run("getComputedStyle(document.querySelector('a.address'), '::after').content")
        # Paper has no yellow: the passage is told apart without it.
        assert "underline" in browser.run("getComputedStyle(document.querySelector('mark')).textDecorationLine")


def test_on_a_telephone_what_is_found_comes_before_what_narrows_it(chromium, live_server, buy):
    buy(*(purchase(number, country=("México", "Perú")[number % 2]) for number in range(8)))
    for width, seen in ((390, 0), (1280, 1)):
        with chromium.window(width, 800) as browser:
            browser.open(f"{live_server.url}/search/?q=camaras&lang=en")
            assert (browser.run(SHOWN % ".facets a") > 0) == bool(seen), width
            assert browser.run(SHOWN % ".facets summary") == 1 - seen
            assert browser.run("document.querySelector('.rows').getBoundingClientRect().top < 700"), width
    with chromium.window(390, 800) as browser:
        browser.open(f"{live_server.url}/search/?q=camaras&lang=en")
        browser.click(".facets summary")
        browser.follow(".facets a")
        assert "Narrow down: Mexico" in browser.text()


def test_no_page_is_wider_than_a_telephone_and_no_column_is_cut_off(chromium, live_server, buy):
    buy(purchase(1), purchase(2))
    with chromium.window(390, 800) as browser:
        lists = ("/methodology/lists/", "/methodology/lists/thresholds/")
        for address in (process_page("ocds-test01-1"), "/data/", "/", "/methodology/T01/", *lists):
            browser.open(live_server.url + address)
            for wide in ("document.documentElement", "...document.querySelectorAll('.scroll:has(.lists)')"):
                cut = f"[{wide}].filter((one) => one.scrollWidth > one.clientWidth).length"
                assert browser.run(cut) == 0, (address, wide)


def test_a_picture_that_goes_on_beyond_the_edge_shows_that_it_does(chromium, live_server, buy):
    """A bar that the edge cuts looks like one that ends there."""
    buy(purchase(1))
    with chromium.window(390, 800) as browser:
        browser.open(live_server.url + process_page("ocds-test01-1"))
        cut = "[...document.querySelectorAll('.drawing')].filter((one) => one.scrollWidth > one.clientWidth)"
        assert browser.run(f"{cut}.length") > 0
        # Two shadows stay at the edges; what covers them moves with the picture, and so is there at its end alone.
        shadows = f"{cut}.map((one) => getComputedStyle(one).backgroundAttachment)"
        assert set(browser.run(shadows)) == {"local, local, scroll, scroll"}


@pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt", "en"])
def test_the_head_of_a_page_takes_one_line_of_a_telephone_and_opens_to_the_rest(chromium, live_server, db, language):
    line = "document.querySelector('header.site').getBoundingClientRect().height"
    for width, pressed in ((360, 1), (1280, 0)):
        with chromium.window(width, 800) as browser:
            browser.open(f"{live_server.url}/search/?lang={language}")
            assert browser.run(line) < (64 if pressed else 112), width
            assert browser.run(SHOWN % ".menu") == pressed, width
            assert browser.run(SHOWN % "header.site a") == (2 if pressed else 11), width
    with chromium.window(360, 800) as browser:
        browser.open(f"{live_server.url}/search/?lang={language}")
        browser.click(".menu")
        assert browser.run(SHOWN % "header.site a") == 11
        browser.follow(f"#menu [hreflang={'pt-br' if language == 'en' else 'en'}]")
        assert browser.run("document.documentElement.lang") == ("pt-br" if language == "en" else "en")
