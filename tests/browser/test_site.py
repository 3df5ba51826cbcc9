"""The public pages and the form in a real browser: on a phone, without a script, in three languages."""

import json
import re

import pytest

from contracts.intake.processing import process_submission
from contracts.models import Claim, Submission
from tests.support.buying import purchase

pytestmark = pytest.mark.django_db(transaction=True)


LANGUAGES = {
    "es": ("Cómo se lee", "Gracias. Este es su recibo", "espera la revisión de una persona"),
    "pt": ("Como se lê", "Obrigado. Este é o seu recibo", "espera a revisão de uma pessoa"),
    "en": ("How it is read", "Thank you. This is your receipt", "waits for a person to look at it"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contract_is_sent_from_a_phone_and_followed_by_its_receipt(phone, live_server, language):
    read, receipt, held = LANGUAGES[language]
    phone.open(f"{live_server.url}/submit/?lang={language}")
    assert phone.overflow() == 0
    phone.fill("#id_title", "Cámaras de videovigilancia")
    phone.fill("#id_value", "USD 2.5 millones")
    phone.follow("button[value=check]")
    assert read in phone.text()
    assert re.search(r"2[.,\s]500[.,\s]000 USD", phone.text())
    assert phone.overflow() == 0
    phone.follow("button[value=send]")
    assert receipt in phone.text()
    words = phone.run("document.querySelector('.words').innerText")
    assert len(words.split()) == 9
    process_submission(Submission.objects.get().pk)
    assert Claim.objects.get().state == Claim.State.HELD
    phone.open(f"{live_server.url}/submit/status/?lang={language}")
    phone.fill("#receipt", words)
    phone.follow("form button[type=submit]")
    assert held in phone.text()
    assert phone.overflow() == 0
    assert not phone.run("document.querySelector('button[value=\"take back\"]').checkVisibility()"), "one click erases"
    phone.run("document.querySelector('.twice summary').focus()")
    phone.press("Enter")
    assert phone.overflow() == 0
    phone.follow("button[value='take back']")
    assert Submission.objects.get().erased_on
    assert phone.complaints == []


def test_pages_fit_a_phone_and_break_no_policy(phone, chromium, live_server, buy, confirm):
    long_name = "Municipalidad de " + "Nombre" * 12
    buy(
        *(
            purchase(
                number,
                year=2015 + number,
                amount=10**number,
                method="direct" if number % 2 else "open",
                suppliers=(f"Proveedora Ficticia {number} S.A.",),
                buyer=long_name,
                funder="Banco Ficticio de Desarrollo",
            )
            for number in range(1, 9)
        ),
        purchase(9, year=0, title="Cámaras de videovigilancia con reconocimiento facial"),
    )
    confirm("T01")
    at_320 = chromium.window(320, 640, has_script=False)
    with at_320 as smallest:  # as at a zoom of 400 %
        smallest.open(live_server.url + "/?lang=es")
        assert smallest.overflow() == 0
    for path in (
        *("/", "/search/?q=camaras", "/search/?in=organizations", "/countries/MX/", "/countries/MX/surveillance/"),
        *("/technologies/surveillance/", "/processes/ocds-test01-3/", "/data/", "/methodology/T01/"),
    ):
        phone.open(live_server.url + path)
        assert phone.text(), path
        assert phone.overflow() == 0, path
        small = "[...document.querySelectorAll('main *')].filter((e) => parseFloat(getComputedStyle(e).fontSize) < 12)"
        outside = f"{small}.filter((e) => !e.closest('svg')).map((e) => e.outerHTML.slice(0, 80))"
        assert phone.run(outside) == [], path
    assert phone.complaints == [], json.dumps(phone.complaints)


def test_the_story_of_a_country_is_told_in_two_clicks_with_its_csv(phone, live_server, client, buy, confirm):
    """How many contracts for surveillance since 2018, with whom, and which questions about them were confirmed."""
    buy(
        purchase(1, year=2017),
        purchase(2, year=2019, title="Cámaras de videovigilancia con reconocimiento facial"),
        purchase(3, year=2020, suppliers=("Otra Ficticia S.A.",)),
        purchase(4, year=2021, title="Servicio de nube para oficinas"),
    )
    confirm("T01")
    phone.open(live_server.url)
    phone.follow("a[href='/countries/MX/']")
    phone.follow("a[href='/countries/MX/surveillance/']")
    phone.run("document.querySelector('#since').value = '2018'; 0")
    phone.follow("form.since button")
    page = phone.text()
    assert "Since 2018: 2 purchases" in page
    assert "1 confirmed question." in page
    assert "Otra Ficticia S.A." in phone.run("document.querySelector('#suppliers').textContent")
    assert "Surveillance technology" in page
    address = phone.run("document.querySelector('a[href*=\"contracts.csv\"]').getAttribute('href')")
    lines = b"".join(client.get(address).streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:-1]] == ["ocds-test01-3", "ocds-test01-2"]
    assert phone.complaints == []
