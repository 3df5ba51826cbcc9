"""
Every public page in a real browser, as people read it who see little, see no colours, or see nothing.

Needs what ``tests.browser.test_reading`` needs, and asks the same of each page.
"""

import json

import pytest
from django.test import Client
from django.utils import timezone

from audits.models import Delivery, SavedSearch
from audits.pages.addresses import process_page
from contracts import tasks
from contracts.models import Organization
from tests.browser.faults import ALL, COLOURS, faults

pytestmark = pytest.mark.django_db(transaction=True)

# All rules for one reader in light and for another in dark; the colours of each text in the scheme that is left.
READERS = {"es": {"light": ALL, "dark": COLOURS}, "pt-br": {"dark": ALL}, "en": {"light": COLOURS}}


def addresses() -> list[str]:
    """Every kind of page, with pictures and without, of something and of nothing."""
    buyer, supplier = (
        Organization.objects.get(name=name).pk for name in ("Municipio de Prueba", "Proveedora Ficticia S.A.")
    )
    process = process_page("ocds-test01-1")
    return [
        *("/", "/search/", "/search/?in=contracts&q=camaras", "/search/?in=organizations", "/search/?q=nada"),
        *("/search/?amount__gte=x", "/countries/MX/", "/countries/MX/surveillance/?since=2019"),
        *("/technologies/surveillance/", "/technologies/cloud/", f"/organizations/{buyer}/"),
        *(f"/organizations/{supplier}/", process, f"/compare/?country=MX&organization={buyer}", "/compare/", "/data/"),
        *("/methodology/", "/methodology/T01/", "/methodology/reader/", "/methodology/what-a-flag-is/"),
        *("/methodology/lists/", "/methodology/lists/laws/"),
        *("/submit/", "/submit/table/", "/submit/status/", "/submit/proof/", "/reply/?ocid=ocds-test01-1"),
        *("/reply/status/", "/search/saved/", "/api/v1/guide/", "/nowhere/"),
    ]


def looked_at(browser, schemes) -> dict[str, object]:
    """Return what people could not read on the page that is open, of what is folded too."""
    browser.run("document.querySelectorAll('details').forEach((folded) => folded.open = true); 0")
    return faults(browser, schemes)


def test_whoever_sees_little_or_nothing_reads_every_public_page(browser, live_server, market, confirm):
    """It takes a while: thirty pages, for readers of three languages."""
    confirm("T01")
    found = {}
    for language, schemes in READERS.items():
        browser.speak(language)
        for address in addresses():
            browser.open(live_server.url + address)
            assert browser.run("document.documentElement.lang") == language, address
            if issues := looked_at(browser, schemes):
                found[f"{language} {address}"] = issues
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)
    # What is shown in another page is read there: by its alternative text, and as a picture of its own size.
    browser.open(f"{live_server.url}/countries/MX/?lang=en")
    code = browser.run("document.querySelector('#suppliers .embed code').textContent")
    browser.open(f"{live_server.url}/nowhere/")
    browser.run(f"document.querySelector('main').innerHTML += {json.dumps(code)}; 0")
    browser.wait("document.images[0].naturalWidth === 424")
    assert faults(browser, {"light": ALL}) == {}


def test_whoever_sees_little_or_nothing_sends_and_asks_what_became_of_it(browser, live_server, db, monkeypatch):
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)
    browser.speak("pt-br")
    found = []
    browser.open(f"{live_server.url}/submit/")
    browser.follow("button[value=check]")  # of nothing
    found.append(looked_at(browser, {"light": ALL}))
    browser.fill("#id_title", "Câmeras de videomonitoramento")
    browser.follow("button[value=check]")
    found.append(looked_at(browser, {"dark": ALL}))
    browser.follow("button[value=send]")
    found.append(looked_at(browser, {"light": ALL, "dark": COLOURS}))
    words = browser.run("document.querySelector('.words').innerText")
    browser.open(f"{live_server.url}/submit/status/")
    browser.fill("#receipt", words)
    browser.follow("form button[type=submit]")
    found.append(looked_at(browser, {"dark": ALL}))
    assert found == [{}] * 4


def test_whoever_sees_little_or_nothing_follows_a_search(browser, live_server, make_user):
    person = make_user(name="journalist", email="desk@newsroom.example")
    search = SavedSearch.objects.create(owner=person, name="Cámaras", query="q=camaras", url="https://x.example/h")
    tried = {"search": search, "after": 0, "processes": 2, "attempt": 1}
    Delivery.objects.create(**tried, last=1, tried_at=timezone.now(), problem="HTTP 500", answer=500)
    Delivery.objects.create(**tried, last=2)
    client = Client()
    client.force_login(person)
    browser.sign_in(client.cookies["sessionid"].value, live_server.url)
    browser.speak("es")
    browser.open(f"{live_server.url}/search/saved/")
    assert faults(browser, {"light": ALL, "dark": COLOURS}) == {}
    browser.fill("#name", "Nube")
    browser.fill("#query", "country=Narnia")
    browser.follow("button[value=save]")
    assert faults(browser, {"light": ALL}) == {}
