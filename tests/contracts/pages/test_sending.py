"""The form: facts as people write them, and files."""

import json
import re

import pytest

from contracts.decisions.claims import decide_claim
from contracts.models import Claim, ClaimDecision, ContractingProcess, Receipt, Release, Submission
from contracts.pages.record import compiled_release, read_record
from contracts.pages.sending.contract_form import MAX_TITLE
from contracts.receipts import find_receipt, follow
from tests.contracts.pages.sending import FACTS, ask, file, process_all, send
from tests.support.pages import HOSTILE, alive, text_of, words_of
from tests.support.pdfs import encrypted_pdf
from tests.support.records import TOLD, load, release

pytestmark = pytest.mark.django_db


class TestFacts:
    def test_facts_are_shown_as_understood_before_sending(self, client):
        typed = {**FACTS, "value": "USD 2.5 millones", "date_signed": "31/12/2023"}
        answer = client.post("/submit/?lang=en", {"step": "check", **typed})
        page = text_of(answer.content.decode())
        for read in ("2,500,000 USD", "Dec. 31, 2023", "Peru"):
            assert read in page
        assert 'value="send"' in answer.content.decode()
        assert not Submission.objects.exists()

    @pytest.mark.parametrize(("language", "label"), [("en", "Who pays"), ("es", "Quién paga"), ("pt-br", "Quem paga")])
    def test_the_financier_is_asked_stored_and_shown_with_the_receipt(self, client, language, label):
        assert f'<label for="id_financing">{label}</label>' in client.get(f"/submit/?lang={language}").content.decode()
        typed = {**FACTS, "financing": "Préstamo BID 1234", "supplier": "ACME", "method": "direct"}
        page = client.post(f"/submit/?lang={language}", {"step": "send", **typed}).content.decode()
        assert f"<dt>{label}</dt><dd>Préstamo BID 1234</dd>" in page
        assert "<dd>direct</dd>" not in page
        assert "<dt>Currency" not in page
        process_all()
        process = ContractingProcess.objects.get()
        _ocid, stored = compiled_release(process.pk)
        facts = {fact.label: fact.value for fact in read_record(process, stored).facts}
        assert facts["Budget source"] == "Préstamo BID 1234"

    @pytest.mark.parametrize(("language", "told"), [("en", "of up to 95 MB"), ("es", "de hasta 95 MB")])
    def test_the_limit_of_files_is_a_round_number(self, client, language, told):
        page = client.post(f"/submit/?lang={language}", {"step": "check", **FACTS}).content.decode()
        assert told in text_of(page).replace("\xa0", " ")

    @pytest.mark.parametrize(
        ("language", "read"),
        [
            ("es", ("2 500 000,25 USD", "31 de diciembre de 2023", "Estados Unidos")),
            ("pt-br", ("2.500.000,25 USD", "31 de dezembro de 2023", "Estados Unidos")),
        ],
    )
    def test_values_are_shown_in_the_readers_format(self, client, language, read):
        typed = {"title": "x", "value": "USD 2500000.25", "date_signed": "31/12/2023", "country": "USA"}
        page = text_of(client.post(f"/submit/?lang={language}", {"step": "check", **typed}).content.decode())
        shown = page[page.index("→") :]
        assert [words for words in read if words not in shown] == []

    @pytest.mark.parametrize("step", ["check", "send"])
    def test_unclear_values_are_field_errors_and_input_is_kept(self, client, step):
        answer = client.post("/submit/?lang=es", {"step": step, **FACTS, "value": "mucho", "links": "no es enlace"})
        page = answer.content.decode()
        assert answer.status_code == 400
        assert 'value="Cámaras para la plaza"' in page
        assert 'value="mucho"' in page
        assert "no es enlace</textarea>" in page
        assert page.count('role="alert"') >= 3
        # At the top, for on a telephone the fields are far below.
        told = page.index("Todavía no se envía nada. Lo que no se pudo leer")
        assert (
            told
            < page.index('<a href="#id_value">Valor</a>')
            < page.index('<a href="#id_links">')
            < page.index("<form")
        )
        assert '<a href="#id_title">' not in page
        assert "Su navegador olvida los archivos" not in page
        assert not Submission.objects.exists()

    @pytest.mark.parametrize(
        ("language", "said"), [("es", "cuéntela entre los detalles"), ("pt", "conte-a nos detalhes")]
    )
    def test_a_month_without_a_day_gets_a_hint(self, client, language, said):
        answer = client.post(f"/submit/?lang={language}", {"step": "check", **FACTS, "date_signed": "abril 2025"})
        assert said in text_of(answer.content.decode())

    def test_an_error_asks_to_choose_the_files_again(self, client):
        page = send(client, status=400, **FACTS, value="mucho", files=[file()])
        assert "Your browser does not remember the files that you chose" in page

    def test_checking_again_says_that_chosen_files_are_gone(self, client):
        """Who changed a word and checked again sent the facts alone, and believed the contract was with them."""
        given = {"step": "check", **FACTS}
        again = "Nothing has been sent yet, and your browser does not remember the files that you chose"
        assert again in client.post("/submit/?lang=en", {**given, "files": [file()]}).content.decode()
        assert again not in client.post("/submit/?lang=en", given).content.decode()

    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            (
                {"value": "G$45 million", "country": "Guyana", "date_signed": "13/02/24"},
                ("45,000,000 GYD", "Feb. 13, 2024"),
            ),
            ({"value": "$1,250.50", "country": "Belize"}, ("1,250.50 BZD",)),
            ({"value": "Q 1,250,000.00", "country": "Guatemala", "date_signed": "03/02/24"}, ("Feb. 3, 2024",)),
        ],
    )
    def test_amounts_and_days_are_read_in_local_formats(self, client, typed, read):
        page = text_of(client.post("/submit/?lang=en", {"step": "check", "title": "Drones", **typed}).content.decode())
        assert [words for words in read if words not in page] == []

    def test_examples_are_in_the_readers_language(self, client):
        page = text_of(client.get("/submit/?lang=en").content.decode())
        assert "2.5 million." in page
        assert "millones" not in page

    def test_links_may_have_any_separator_and_invalid_ones_are_named(self, client):
        send(client, **FACTS, links="https://a.example/x, www.a.example/y\n" + "https://a.example/z\n" * 60)
        process_all()
        links = [document["url"] for document in json.loads(Release.objects.get().content)["tender"]["documents"]]
        assert links == ["https://a.example/x", "https://www.a.example/y", *["https://a.example/z"] * 60]
        page = client.post("/submit/?lang=es", {"step": "check", **FACTS, "links": "ver https://a.example/x"})
        assert "ver https://a.example/x&#x27; no es un enlace" in page.content.decode()

    def test_a_link_may_lack_its_scheme(self, client):
        typed = {**FACTS, "source_url": "compras.example.pe/12", "links": "a.example.pe/x\nLey 12.345/2024"}
        checked = client.post("/submit/?lang=en", {"step": "check", **typed}).content.decode()
        assert "&#x27;Ley 12.345/2024&#x27; is not a link" in checked
        typed["links"] = "a.example.pe/x"
        checked = client.post("/submit/?lang=en", {"step": "check", **typed}).content.decode()
        assert "Where it is published: “compras.example.pe/12” → https://compras.example.pe/12" in text_of(checked)
        send(client, **typed)
        process_all()
        links = {document["url"] for document in json.loads(Release.objects.get().content)["tender"]["documents"]}
        assert links == {"https://compras.example.pe/12", "https://a.example.pe/x"}

    def test_a_link_in_the_title_gets_a_hint(self, client):
        for link in ("https://a.example.pe/12", "a.example.pe/12"):
            page = client.post("/submit/?lang=es", {"step": "check", **FACTS, "title": link}).content.decode()
            assert "“Qué se compró” es un enlace" in page
            assert 'value="send"' in page
        assert "es un enlace" not in client.post("/submit/?lang=es", {"step": "check", **FACTS}).content.decode()

    def test_the_receipt_reports_doubts_by_field(self, client):
        words = words_of(send(client, **FACTS, value="41.000.000"))
        process_all()
        page = text_of(ask(client, words))
        assert "Value: The amount has no currency" in page
        assert "/value" not in page

    def test_missing_and_unknown_currencies_get_a_hint(self, client):
        for given, told in (({}, "no tiene moneda"), ({"currency": "conchas"}, "No se conoce la moneda")):
            page = client.post("/submit/?lang=es", {"step": "check", **FACTS, "value": "41.000.000", **given})
            assert told in page.content.decode()
            assert re.search("por su nombre o código|Escriba su nombre", page.content.decode())

    def test_a_missing_country_is_explained(self, client):
        told = "names no country"
        without = {"step": "check", **FACTS, "country": ""}
        assert told in client.post("/submit/?lang=en", without).content.decode()
        assert told not in client.post("/submit/?lang=en", {"step": "check", **FACTS}).content.decode()
        table = file("Objeto;Entidad\nCámaras;Municipio Ficticio\nNube;Municipio Ficticio\n".encode(), "tabla.csv")
        words = words_of(send(client, files=[table]))
        process_all()
        assert "2 rows name no country" in text_of(ask(client, words))

    def test_a_submission_becomes_a_held_claim(self, client):
        words = words_of(send(client, **FACTS, value="1.250.000,50", currency="S/", links="https://a.example/x\n"))
        process_all()
        claim = Claim.objects.get()
        assert claim.state == Claim.State.HELD
        assert not ContractingProcess.objects.public().exists()
        process = ContractingProcess.objects.get()
        assert (process.title, str(process.amount.normalize()), process.currency) == (
            FACTS["title"],
            "1250000.5",
            "PEN",
        )
        assert "waits for a person to look at it" in ask(client, words)

    @pytest.mark.parametrize(
        ("language", "said", "kept"),
        [("es", "indica un monto mínimo y uno máximo", "Valor"), ("pt", "um valor mínimo e um máximo", "Valor")],
    )
    def test_a_lowest_and_a_highest_amount_are_kept_as_text(self, client, language, said, kept):
        given = {**FACTS, "description": "Contrato abierto.", "value": "mínimo 100.000,  máximo 250.000"}
        page = client.post(f"/submit/?lang={language}", {"step": "check", **given})
        assert page.status_code == 200
        assert said in text_of(page.content.decode())
        assert client.post(f"/submit/?lang={language}", {"step": "send", **given}).status_code == 200
        process_all()
        process = ContractingProcess.objects.get()
        assert process.amount is None
        assert process.description == f"Contrato abierto.\n{kept}: mínimo 100.000, máximo 250.000"

    def test_public_duplicates_are_reported_and_held_ones_are_not(self, client, make_user):
        facts = {**FACTS, "supplier": "ACME"}
        said = "This contract is already on record"
        send(client, **facts, description="From a leaflet")
        process_all()
        again = {"step": "check", **facts, "description": "From a newspaper"}
        assert said not in client.post("/submit/?lang=en", again).content.decode()
        decide_claim(
            claim=Claim.objects.get(), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=make_user("Leads")
        )
        ocid = ContractingProcess.objects.get().ocid
        page = client.post("/submit/?lang=en", again).content.decode()
        assert said in page
        assert f'href="/process/?ocid={ocid}"' in page
        # Sent nevertheless it is a claim on the same record, not a second one.
        send(client, **facts, description="From a newspaper")
        process_all()
        assert {claim.ocid for claim in Claim.objects.all()} == {ocid}
        assert ContractingProcess.objects.public().count() == 1

    def test_a_title_that_is_too_long_is_not_called_missing(self, client):
        title = "x" * (MAX_TITLE + 1)
        page = client.post("/submit/?lang=en", {"step": "check", **FACTS, "title": title}).content.decode()
        assert f"at most {MAX_TITLE} characters" in page
        # It is there to be shortened, and no browser cuts what is pasted.
        assert title in page
        assert "maxlength" not in page
        assert "a contract needs a title or a description" not in text_of(page)
        page = client.post("/submit/?lang=en", {"step": "check", **FACTS, "title": ""}).content.decode()
        assert "a contract needs a title or a description" in text_of(page)

    def test_the_object_of_a_contract_may_be_a_page_long(self, client):
        title = "Servicio de videovigilancia " * 100
        send(client, **{**FACTS, "title": title})
        process_all()
        assert ContractingProcess.objects.get().title == title.strip()

    def test_doubts_are_reported_before_sending(self, client):
        page = client.post(
            "/submit/?lang=es", {"step": "check", **FACTS, "start_date": "1/12/2024", "end_date": "1/5/2024"}
        )
        assert "termina el 2024-05-01, antes de empezar el 2024-12-01" in text_of(page.content.decode())
        page = client.post(
            "/submit/?lang=es", {"step": "check", **FACTS, "start_date": "1/5/2024", "end_date": "1/12/2024"}
        )
        assert "antes de empezar" not in text_of(page.content.decode())

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("900,50", "A contract with the same buyer, supplier, value and date is already on record"),
            # With taxes, or corrected.
            ("1.044,58", "A contract with the same buyer, supplier and date is already on record, with another value"),
        ],
    )
    def test_a_published_duplicate_is_reported_before_and_after_sending(self, client, value, said):
        load(release())
        typed = {**TOLD, "buyer": TOLD["buyer"]["name"], "country": "México", "value": value}
        link = 'href="/process/?ocid=ocds-test01-1"'
        page = client.post("/submit/?lang=en", {"step": "check", **typed}).content.decode()
        assert said in page
        assert link in page
        words = words_of(send(client, **typed))
        process_all()
        page = ask(client, words)
        assert said in page
        assert link in page
        assert ContractingProcess.objects.public().count() == 1

    def test_later_senders_of_a_contract_see_the_same_messages(self, client):
        load(release())
        twice = [file(json.dumps(release(ocid)).encode()) for ocid in ("ocds-form-1", "ocds-form-2")]
        shown = []
        for _time in range(2):
            for sent in twice:
                sent.seek(0)
            words = words_of(send(client, files=twice))
            process_all()
            # What is hidden in a form is of this receipt alone.
            page = re.sub('<input type="hidden"[^>]*>', "", ask(client, words))
            shown.append(sorted(page[page.index("<ol>") : page.index("</ol>")].removeprefix("<ol>").split("<li>")))
        first, second = shown
        assert first == second
        assert "ocds-test01-1" in "".join(second)
        assert "ocds-form-2" in "".join(second), "held of their own"

    def test_senders_of_a_protected_document_are_told_what_to_do(self, client):
        """At once: who sends it may not come back with the receipt."""
        page = text_of(send(client, status=400, files=[file(encrypted_pdf(), "contrato.pdf")]))
        assert "protected by a password (PDF). Print it to a new PDF, without a password" in page
        assert "Nothing has been sent yet" in page
        assert not Submission.objects.exists()

    def test_duplicates_within_a_receipt_are_reported(self, client):
        """Its ocid alone says nothing to who sent it, and leads nowhere before a person has decided."""
        words = words_of(send(client, files=[file(json.dumps(release(f"ocds-form-{n}")).encode()) for n in (1, 2)]))
        process_all()
        page = text_of(ask(client, words))
        assert page.count("You sent it with this same receipt: ocds-form-") == 2

    def test_the_number_of_compared_contracts_per_receipt_is_limited(self, client, monkeypatch):
        monkeypatch.setattr("contracts.receipts.MAX_DEALS", 1)
        load(release())
        files = [file(json.dumps(release(ocid)).encode()) for ocid in ("ocds-form-1", "ocds-form-2")]
        words = words_of(send(client, files=files))
        process_all()
        receipt = find_receipt(words)
        assert receipt is not None
        told = [{same.sent.ocid for same in followed.same} for followed in follow(receipt)]
        assert [len(ocids) for ocids in told] == [1, 0]

    def test_a_repeated_file_of_one_receipt_is_reported_and_stored_once(self, client):
        words = words_of(send(client, files=[file(), file(name="copy.json")]))
        assert Submission.objects.count() == 1
        assert "sent before: it is kept once" in ask(client, words, wish="add", files=[file()])
        assert Submission.objects.count() == 1

    def test_a_repeated_file_of_another_receipt_is_not_reported(self, client):
        pages = [send(client, files=[file()]) for _time in range(2)]
        assert "sent before" not in "".join(pages)
        assert Submission.objects.count() == 2

    def test_an_empty_form_is_refused(self, client):
        assert "Say something about the contract" in send(client, status=400)
        assert not Receipt.objects.exists()

    def test_hostile_texts_are_escaped(self, client):
        for step in ("check", "send"):
            page = client.post("/submit/", {"step": step, **FACTS, "title": " ".join(HOSTILE)}).content.decode()
            assert alive(page) == []

    @pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt", "en"])
    def test_the_form_is_translated_and_needs_no_script(self, client, language):
        for address in ("/submit/", "/submit/status/"):
            page = client.get(address, headers={"accept-language": language}).content.decode()
            assert f'<html lang="{language}">' in page
            assert "<script" not in page
            assert alive(page) == []


class TestFiles:
    def test_each_file_is_submitted_separately_and_a_bad_one_fails_alone(self, client):
        page = send(client, **FACTS, files=[file(), file(b"RIFF\0\0\0\0WAVE", "voice.wav")])
        assert "voice.wav: not taken" in text_of(page)
        assert Receipt.objects.get().submissions.count() == 2

    @pytest.mark.parametrize(
        ("language", "before", "after"),
        [
            ("en", "in the next step", "You wrote nothing"),
            ("es", "se agregan en el paso siguiente", "No escribió nada"),
            ("pt", "entram no passo seguinte", "Você não escreveu nada"),
        ],
    )
    def test_senders_of_files_only_are_told_where_to_send_them(self, client, language, before, after):
        page = client.get(f"/submit/?lang={language}").content.decode()
        assert before in page
        assert 'type="file"' not in page
        page = client.post(f"/submit/?lang={language}", {"step": "check"}).content.decode()
        assert after in page
        assert 'type="file"' in page

    def test_a_file_alone_is_enough(self, client):
        words = words_of(send(client, files=[file()]))
        process_all()
        assert "waits for a person" in ask(client, words)

    def test_the_receipt_reports_how_much_was_read(self, client):
        """Who sees no remark takes a column that nobody read, or a file cut short, for read."""
        package = {"releases": [release("ocds-form-1"), release("ocds-form-2"), {"id": "none"}]}
        table = b"Objeto;Entidad;Monto;Interventor\nCables;Muni X;1200;Ana\n"
        words = words_of(send(client, files=[file(json.dumps(package).encode()), file(table, "lista.csv")]))
        assert "releases read" not in (page := text_of(ask(client, words)))
        assert "Not read" not in page
        process_all()
        page = text_of(ask(client, words))
        assert "2 releases read" in page
        assert "Rows read: 1 of 1" in page
        assert "Not read: Interventor" in page

    def test_unreadable_files_are_reported_and_input_is_kept(self, client):
        page = send(client, status=400, files=[file(b"RIFF\0\0\0\0WAVE")])
        assert 'role="alert"' in page
        assert not Receipt.objects.exists()
