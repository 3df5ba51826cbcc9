"""A table with unknown columns, in a real browser: sent, mapped by its sender, previewed and read."""

import pytest

from audits import groups
from contracts.intake.processing import process_submission
from contracts.models import Claim, Submission, TableMapping
from tests.contracts.pages.sending import UNKNOWN

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = ("title", "buyer", "supplier", "amount")


def send_file(phone, live_server, path) -> None:
    """Send a file by the form, as a person does: first the check, which shows the field for files."""
    phone.open(f"{live_server.url}/submit/?lang=es")
    phone.follow("button[value=check]")
    phone.attach("#files", path)
    phone.follow("button[value=send]")


def process_all() -> None:
    for submission in Submission.objects.filter(processed_at=None):
        process_submission(submission.pk)


def test_a_table_is_explained_on_a_phone_and_the_next_one_needs_no_explaining(phone, live_server, sign_in, tmp_path):
    signed_in = sign_in(groups.SUBMITTERS)
    session = signed_in.cookies["sessionid"].value
    phone.sign_in(session, live_server.url)
    table = tmp_path / "lista.csv"
    table.write_bytes(UNKNOWN)
    send_file(phone, live_server, table)
    assert "Los encabezados de esta tabla no se conocen" in phone.text()
    assert phone.overflow() == 0
    process_all()

    phone.follow("form[action*='/submit/table/'] button")
    assert "Qué contienen las columnas" in phone.text()
    assert "Cámaras para la plaza del mercado" in phone.text(), "what stands in the column is shown beside its header"
    assert phone.run("document.querySelector('[name=column-0]').value") == "title", "a guess is chosen"
    for number, fact in enumerate(FACTS):
        phone.fill(f"[name=column-{number}]", fact)
    phone.fill("[name=country]", "Perú")
    phone.fill("[name=currency]", "S/")
    assert phone.overflow() == 0

    phone.follow("button[value=check]")
    assert "Filas leídas: 2 de 3" in phone.text()
    assert [phone.run(f"document.querySelector('[name=column-{n}]').value") for n in range(4)] == list(FACTS)
    assert not Claim.objects.exists(), "a dry run stores nothing"
    assert phone.overflow() == 0

    phone.follow("button[value=send]")
    assert "La tabla se vuelve a leer" in phone.text()
    process_all()
    assert Claim.objects.count() == 2
    assert TableMapping.objects.get().given.country == "PE"

    table.write_bytes(UNKNOWN.replace(b"del mercado", b"mayor"))
    send_file(phone, live_server, table)
    assert "no se conocen" not in phone.text(), "the mapping is kept for the account"
    process_all()
    assert Claim.objects.count() == 3, "what was sent before is not sent twice"
    assert phone.complaints == []
