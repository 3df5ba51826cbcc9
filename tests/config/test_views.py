"""What anyone may ask: the home page, and the headers on every answer."""

import html
import re

import pytest


@pytest.mark.parametrize("path", ["/", "/health/", "/admin/login/"])
@pytest.mark.django_db
def test_every_page_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    policy = dict(directive.strip().split(" ", 1) for directive in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Decide una persona"), ("pt-br", "Quem decide é uma pessoa"), ("en", "A person decides")],
)
def test_the_home_page_speaks_the_readers_language(client, language, words):
    answer = client.get("/", headers={"Accept-Language": language})
    assert answer["Content-Language"] == language
    assert words in answer.content.decode()


def test_no_cookie_chooses_a_language_that_a_cache_would_hand_to_others(client):
    client.cookies["django_language"] = "es"
    answer = client.get("/robots.txt", headers={"Accept-Language": "en"})
    assert (answer["Content-Language"], answer["Vary"]) == ("en", "Accept-Language")


@pytest.mark.django_db
def test_swagger_ui_needs_nothing_that_the_policy_forbids(client):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<style" not in text
    assert "style=" not in text
    sources = re.findall(r"<script([^>]*)>", text)
    assert len(sources) == 3
    assert all('src="/' in source for source in sources)
    script = client.get(html.unescape(re.findall(r'src="([^"]*\?[^"]*)"', text)[0]))
    assert script["Content-Type"] == "application/javascript"


@pytest.mark.django_db
def test_the_api_says_where_its_lists_are(client):
    index = client.get("/api/v1/").json()
    assert {"contracts", "flags", "rules", "docs"} <= index.keys()
    for name in ("contracts", "flags", "rules", "stats"):
        assert client.get(index[name]).status_code == 200


@pytest.mark.django_db
def test_the_icon_is_our_own_and_where_browsers_look_for_it(client):
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon["Content-Type"]) == (200, "image/svg+xml")
    assert icon.content.startswith(b"<svg xmlns=")
    assert "max-age" in icon["Cache-Control"]
    page = client.get("/").content.decode()
    (address,) = re.findall(r'<link rel="icon" href="([^"]+)"', page)
    assert b"".join(client.get(address).streaming_content) == icon.content


CONTACTS = [("people@veedor.example", "mailto:people@veedor.example"), ("https://veedor.example/contact",) * 2]


@pytest.mark.django_db
@pytest.mark.parametrize(("contact", "address"), CONTACTS)
@pytest.mark.parametrize("path", ["/", "/methodology/what-a-flag-is/"])
def test_pages_say_how_to_answer_a_flag(client, settings, path, contact, address):
    settings.VEEDOR_CONTACT, settings.VEEDOR_CONTACT_HREF = contact, address
    assert f'<a href="{address}">{contact}</a>' in client.get(path).content.decode()


@pytest.mark.django_db
def test_without_a_contact_the_methodology_says_that_there_is_none(client, settings):
    settings.VEEDOR_CONTACT = settings.VEEDOR_CONTACT_HREF = ""
    assert (
        "have not given their contact details yet"
        in client.get("/methodology/what-a-flag-is/?lang=en").content.decode()
    )
    assert "mailto:" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Esto no está abierto para su cuenta"),
        ("pt-br", "Isto não está aberto à sua conta"),
        ("en", "This is not open to you"),
    ],
)
def test_what_an_account_may_not_do_is_a_page_in_the_readers_language(client, make_user, language, title):
    client.force_login(make_user("Journalists"))
    answer = client.get("/admin/audits/flag/", headers={"accept-language": language})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert f"<h1>{title}</h1>" in page
    assert f'<html lang="{language}">' in page
    assert 'href="/admin/"' in page
