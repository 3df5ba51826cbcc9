"""Settings: what production refuses, what development makes for itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pgtrigger
import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "DJANGO_ENV": "production",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "veedor.example",
    "DATABASE_URL": "postgresql://db/veedor",
    "CELERY_BROKER_URL": "redis://broker",
}


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"from django.conf import settings; {script}"]
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    surroundings["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return subprocess.run(
        command, cwd=ROOT, env=surroundings | environment, capture_output=True, text=True, check=False
    )


def refused(**environment: str) -> str:
    result = run("settings.DEBUG", **environment)
    assert result.returncode != 0
    assert "ImproperlyConfigured" in result.stderr
    return result.stderr


def value(expression: str, **environment: str) -> str:
    result = run(f"print(*({expression},))", **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set; production does not start without it"),
        ({"CELERY_BROKER_URL": ""}, "CELERY_BROKER_URL is not set"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY has less than 32 characters"),
        (
            {"ALLOWED_HOSTS": "https://veedor.example"},
            "ALLOWED_HOSTS is 'https://veedor.example'; it may be names without a scheme",
        ),
        ({"ALLOWED_HOSTS": "veedor.example:443"}, "ALLOWED_HOSTS is 'veedor.example:443'"),
        ({"ALLOWED_HOSTS": "veedor.example www.veedor.example"}, "ALLOWED_HOSTS is"),
        ({"VEEDOR_SITE": "veedor.example"}, "VEEDOR_SITE is 'veedor.example'; it may be an address, as https://"),
        ({"VEEDOR_LEASE_SECONDS": "60"}, "VEEDOR_LEASE_SECONDS is 60; it may be a number above 120"),
        ({"ALLOWED_HOSTS": "veedor.example,*"}, "ALLOWED_HOSTS holds '*'"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"DJANGO_ENV": "prod"}, "DJANGO_ENV is 'prod'; it may be development, production"),
        ({"VEEDOR_PUBLICATION": "some"}, "VEEDOR_PUBLICATION is 'some'; it may be reviewed, all, none"),
        (
            {"VEEDOR_CONTACT": "the office"},
            "VEEDOR_CONTACT is 'the office'; it may be an e-mail address or a web page",
        ),
        ({"VEEDOR_CONTACT": "javascript:alert(1)"}, "VEEDOR_CONTACT is 'javascript:alert(1)'"),
        ({"VEEDOR_METRICS_TOKEN": "t" * 31}, "VEEDOR_METRICS_TOKEN has less than 32 characters"),
        ({"VEEDOR_HTTPS": "maybe"}, "VEEDOR_HTTPS is 'maybe'"),
        ({"VEEDOR_HOLD_SUBMISSIONS": "ture"}, "VEEDOR_HOLD_SUBMISSIONS is 'ture'; it may be true, false"),
        ({"VEEDOR_QUOTA_BYTES": "1GB"}, "VEEDOR_QUOTA_BYTES is '1GB'; it may be a whole number"),
        ({"VEEDOR_TRUSTED_PROXIES": "-1"}, "VEEDOR_TRUSTED_PROXIES is '-1'; it may be a whole number"),
        ({"VEEDOR_BROKER_TIMEOUT": "soon"}, "VEEDOR_BROKER_TIMEOUT is 'soon'; it may be a number of seconds"),
        ({"VEEDOR_THROTTLE_SEARCH": "often"}, "VEEDOR_THROTTLE_SEARCH is 'often'; it may be a rate, as 30/min"),
        ({"PORT": "70000"}, "PORT is '70000'; it may be a number from 1 to 65535"),
        ({"PORT": "0"}, "PORT is '0'; it may be a number from 1 to 65535"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not the address of a server; it may begin with postgresql://"),
        ({"DATABASE_URL": "mysql://me:secret@db/x"}, "DATABASE_URL is not the address of a server"),
        ({"DATABASE_URL": "postgresql://me:secret@db:70000/x"}, "DATABASE_URL is not the address of a server"),
        ({"DATABASE_MIGRATION_URL": "db"}, "DATABASE_MIGRATION_URL is not the address of a server"),
        (
            {"CELERY_BROKER_URL": "http://x"},
            "CELERY_BROKER_URL is not the address of a server; it may begin with redis:",
        ),
        ({"EMAIL_URL": "foo"}, "EMAIL_URL is not the address of a server; it may begin with smtp://"),
        ({"EMAIL_URL": "foo://me:secret@mail"}, "EMAIL_URL is not the address of a server"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'; it may be DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_production_refuses_to_start(change, sentence):
    assert sentence in refused(**(PRODUCTION | change))


def test_production_starts_with_a_key_and_hosts(tmp_path):
    environment = PRODUCTION | {"VEEDOR_HOME": str(tmp_path)}
    assert value("settings.DEBUG, settings.SECURE_SSL_REDIRECT, settings.SESSION_COOKIE_SECURE", **environment) == (
        "False True True"
    )
    assert list(tmp_path.iterdir()) == []  # nothing of development is made


@pytest.mark.parametrize(
    ("text", "holds"),
    [("off", "False"), ("No", "False"), ("0", "False"), ("ON", "True"), ("yes", "True"), ("", "True")],
)
def test_yes_and_no_are_read_as_people_write_them(text, holds, tmp_path):
    environment = PRODUCTION | {"VEEDOR_HOME": str(tmp_path), "VEEDOR_HOLD_SUBMISSIONS": text}
    assert value("settings.VEEDOR_HOLD_SUBMISSIONS", **environment) == holds


def test_rates_are_read_as_rest_framework_reads_them(tmp_path):
    environment = PRODUCTION | {"VEEDOR_HOME": str(tmp_path), "VEEDOR_THROTTLE_SEARCH": "5/hour"}
    expression = "settings.REST_FRAMEWORK['DEFAULT_THROTTLE_RATES']['search']"
    assert value(expression, **environment) == "5/hour"


def test_lists_are_read_as_people_write_them(tmp_path):
    environment = PRODUCTION | {
        "VEEDOR_HOME": str(tmp_path),
        "ALLOWED_HOSTS": ".veedor.example, www.veedor.org,[::1],",
    }
    told = value("settings.ALLOWED_HOSTS, settings.VEEDOR_SITE", **environment)
    assert told == "['.veedor.example', 'www.veedor.org', '[::1]'] https://veedor.example"


@pytest.mark.parametrize("backend", ["no.such.Storage", "django.core.files.storage.NoStorage"])
def test_a_storage_that_is_not_there_is_reported_by_the_check(backend):
    script = "import django; django.setup(); from django.core.management import call_command; call_command('check')"
    said = run(script, VEEDOR_STORAGE=json.dumps({"BACKEND": backend}))
    assert said.returncode != 0
    assert "veedor.E001" in said.stderr
    assert backend in said.stderr


def test_https_is_left_to_whoever_says_so(tmp_path):
    environment = PRODUCTION | {"VEEDOR_HOME": str(tmp_path), "VEEDOR_HTTPS": "false"}
    assert value("settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS", **environment) == "False 0"


def test_debug_is_off_unless_asked_for(tmp_path):
    assert value("settings.DEBUG", VEEDOR_HOME=str(tmp_path)) == "False"
    assert value("settings.DEBUG", VEEDOR_HOME=str(tmp_path), DEBUG="true") == "True"


def test_an_installation_for_development_makes_a_key_of_its_own_and_keeps_it(tmp_path):
    first, other = tmp_path / "first", tmp_path / "other"
    key = value("settings.SECRET_KEY", VEEDOR_HOME=str(first))
    assert len(key) >= 50
    assert value("settings.SECRET_KEY", VEEDOR_HOME=str(first)) == key
    assert value("settings.SECRET_KEY", VEEDOR_HOME=str(other)) != key
    assert (first / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_servers_that_the_environment_names_win(tmp_path):
    environment = {
        "VEEDOR_HOME": str(tmp_path),
        "DATABASE_URL": "postgresql://me:secret@db.example:5433/records",
        "CELERY_BROKER_URL": "redis://broker.example:6380/2",
    }
    default = "settings.DATABASES['default']"
    assert value(f"{default}['ENGINE'], {default}['HOST'], {default}['PORT'], {default}['NAME']", **environment) == (
        "config.database db.example 5433 records"
    )
    assert value("settings.CELERY_BROKER_URL", **environment) == "redis://broker.example:6380/2"
    assert value("settings.CACHES['default']['LOCATION']", **environment) == "redis://broker.example:6380/2"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgres://me:se%2Fcret@db.example/records?sslmode=require"),
        ("DATABASE_URL", "postgresql://me:s#cr[t@db.example:5432/records"),
        ("DATABASE_MIGRATION_URL", "pgsql://me:secret@db.example/records"),
        ("CELERY_BROKER_URL", "rediss://:secret@broker.example:6380/2"),
        ("CELERY_BROKER_URL", "redis+socket:///run/valkey/socket?virtual_host=0"),
        ("EMAIL_URL", "smtp+tls://me:secret@mail.example:587"),
        ("EMAIL_URL", "consolemail://"),
        ("PORT", "65535"),
        ("VEEDOR_QUOTA_BYTES", "1_000_000_000"),
        ("VEEDOR_THROTTLE_SEARCH", "30/min "),
        ("LOG_LEVEL", "CRITICAL"),
    ],
)
def test_values_that_can_be_read_are_taken(name, address, tmp_path):
    assert value("1", VEEDOR_HOME=str(tmp_path), **{name: address}) == "1"


def test_a_database_may_stand_on_several_hosts(tmp_path):
    address = "postgresql://me:secret@one.example:5432,two.example:5433/records"
    default = "settings.DATABASES['default']"
    environment = {"VEEDOR_HOME": str(tmp_path), "DATABASE_URL": address}
    assert value(f"{default}['HOST'], {default}['PORT']", **environment) == "one.example,two.example 5432,5433"


def test_a_command_names_the_variable_and_prints_neither_trace_nor_secret(tmp_path):
    environment = {"PATH": os.environ["PATH"], "VEEDOR_HOME": str(tmp_path), "DATABASE_URL": "mysql://me:secret@db/x"}
    command = [sys.executable, "manage.py", "quickstart"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("DATABASE_URL is not the address of a server")
    assert "secret" not in result.stderr


def test_the_private_database_is_reached_by_its_own_address(tmp_path):
    address = "postgresql://veedor@/veedor?host=/run/veedor%20s&port=5432"
    options = value(
        "settings.DATABASES['default']['OPTIONS']['host']", VEEDOR_HOME=str(tmp_path), DATABASE_URL=address
    )
    assert options == "/run/veedor s"


def test_timeouts_reach_every_connection(tmp_path):
    environment = {"VEEDOR_HOME": str(tmp_path), "VEEDOR_STATEMENT_TIMEOUT": "15", "VEEDOR_LOCK_TIMEOUT": "2"}
    options = value("settings.DATABASES['default']['OPTIONS']['options']", **environment)
    assert options.startswith("-c statement_timeout=15s -c lock_timeout=2s -c idle_in_transaction_session_timeout=60s")


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ("people@veedor.example", "{'email': 'people@veedor.example'} mailto:people@veedor.example"),
        ("https://veedor.example/contact", "{'url': 'https://veedor.example/contact'} https://veedor.example/contact"),
        ("", "None "),
    ],
)
def test_the_description_of_the_api_names_the_contact(contact, told):
    told_by_api = "settings.SPECTACULAR_SETTINGS.get('CONTACT'), settings.VEEDOR_CONTACT_HREF"
    assert value(told_by_api, VEEDOR_CONTACT=contact) == told.strip()


@pytest.mark.parametrize(
    ("environment", "warns"),
    [(PRODUCTION, True), (PRODUCTION | {"VEEDOR_CONTACT": "people@veedor.example"}, False), ({}, False)],
)
def test_production_without_a_contact_is_warned_of(environment, warns):
    script = "import django; django.setup(); from django.core.management import call_command; call_command('check')"
    said = run(script, **environment)
    assert said.returncode == 0, said.stderr
    assert ("veedor.W001" in said.stderr) is warns


def _ignored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_words_enter_their_index_in_small_portions():
    with connection.cursor() as cursor:
        cursor.execute("SHOW gin_pending_list_limit")
        assert cursor.fetchone() == ("512kB",)


@pytest.mark.django_db(transaction=True)
def test_triggers_find_the_setting_that_they_ask_for():
    """Where it is missing each row meets an error, and what is bulk takes time by the square of its rows."""
    assert _ignored() == "{}"
    with pgtrigger.ignore("contracts.ContractingProcess:tells_new"), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert _ignored() == "{}"
