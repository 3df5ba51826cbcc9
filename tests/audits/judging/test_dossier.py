import json
from datetime import timedelta, timezone
from math import log

import pytest

from audits.judging import rule_set
from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.rule.evidence import passage
from audits.judging.rule.vocabulary import InsufficientDataError
from audits.judging.rule_set import RuleSet
from audits.matching.lexicon import Term
from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.reference.data import Reference
from audits.matching.texts.word_lists import Word
from audits.rules import RULES
from contracts.ocds.codelists import exchange

RELEASE = {
    "ocid": "x-1",
    "language": "es",
    "tender": {"title": "Servicio en la nube", "description": "no incluye nube"},
}
EMPTY = Reference(terms=[], entries=[])
CLOUD = Reference(terms=[Term("cloud", "es", "nube")], entries=[])


def digest(release=RELEASE, **options):
    return build_dossier(release, reference=EMPTY, **options).digest


def test_the_digest_is_the_same_whatever_the_order_of_members():
    assert digest(dict(reversed(RELEASE.items()))) == digest(json.loads(json.dumps(RELEASE)))


@pytest.mark.parametrize(
    "options",
    [
        {"country": "PE"},
        {"zone": timezone(timedelta(hours=-5))},
        {"statistics": {"supplier_shares": []}},
        {"release": {**RELEASE, "language": "pt"}},
    ],
)
def test_whatever_a_rule_can_read_changes_the_digest(options):
    assert digest(**options) != digest()


def test_the_reference_is_no_part_of_the_digest():
    assert build_dossier(RELEASE, reference=CLOUD).digest == digest()


def test_what_is_said_leaves_out_what_is_denied():
    dossier = build_dossier(RELEASE, reference=CLOUD)

    assert [found.path for found in dossier.mentions_of("cloud")] == ["/tender/title"]
    assert len(dossier.mentions) == 2


def test_a_statistic_that_is_absent_is_insufficient_data():
    with pytest.raises(InsufficientDataError) as error:
        build_dossier(RELEASE, reference=EMPTY).statistic("supplier_shares")

    assert error.value.field == "statistics/supplier_shares"


def test_a_passage_is_cut_at_spaces_and_keeps_the_match():
    text = "palabra " * 60 + "reconocimiento facial " + "otra " * 60
    start = text.index("reconocimiento")

    cut = passage(text, start, start + 21)

    assert "reconocimiento facial" in cut
    assert cut.startswith("…palabra")
    assert cut.endswith("otra…")
    assert len(cut) < 300


def test_a_short_text_is_its_own_passage():
    assert passage("nube", 0, 4) == "nube"


def test_another_reading_of_records_asks_all_rules_again(monkeypatch):
    before = RuleSet(RULES.values()).digest
    assert RuleSet(RULES.values()).digest == before
    monkeypatch.setattr(rule_set, "READING_VERSION", rule_set.READING_VERSION + 1)
    assert RuleSet(RULES.values()).digest != before


def test_other_exchange_rates_ask_all_rules_again(monkeypatch):
    rows = exchange.fixture_rows("facts/exchange_rates")
    later = {"currency": "ARS", "period": "2030-01", "per_usd": "9000", "source": "imf"}
    monkeypatch.setattr(rule_set, "rates_digest", exchange.rates_digest.__wrapped__)
    before = RuleSet(RULES.values()).digest
    monkeypatch.setattr(exchange, "fixture_rows", lambda _: [*rows, later])
    assert RuleSet(RULES.values()).digest != before


NAMES = Reference(
    terms=[Term("network_equipment", "es", "redes inalámbricas"), Term("security_body", "es", "policía nacional")],
    entries=[],
)
BUYER = "Ministerio de Innovación, Redes Inalámbricas y Telecomunicaciones"


def told_by(title, buyer=BUYER):
    release = {"ocid": "ocds-x-1", "language": "es", "buyer": {"name": buyer}, "tender": {"title": title}}
    dossier = build_dossier(release, reference=NAMES)
    return {found.written for found in dossier.mentions if found.part == "title"}


def test_the_name_of_a_buyer_tells_nothing_of_what_is_bought():
    within = "Suscripción de periódicos para el Ministerio de Innovación Redes Inalámbricas y Telecomunicaciones"

    assert told_by(within) == set()
    assert told_by(within, buyer="Municipalidad de Ejemplo") == {"Redes Inalámbricas"}
    assert told_by(f"Redes Inalámbricas para el {BUYER}") == {"Redes Inalámbricas"}
    assert told_by(within, buyer=f"{BUYER}, I. P.") == set()


def test_the_name_of_a_buyer_still_tells_of_the_police():
    buyer = "Policía Nacional de Ejemplo"

    assert told_by(f"Radios para la {buyer}", buyer) == {"Policía Nacional"}


def test_what_has_no_other_meaning_overrules_the_reader():
    terms = [Term("facial_recognition", "es", "reconocimiento facial"), Term("cloud", "es", "nube")]
    doubting = Reference(terms=terms, entries=[], reader=NoticeReader({}, bias=-9.0))

    def withheld(title):
        release = {"ocid": "ocds-x-1", "language": "es", "tender": {"title": title}}
        return build_dossier(release, reference=doubting).withheld(0.1)

    assert withheld("Prueba de la nube")
    assert not withheld("Prueba de reconocimiento facial")


def test_artificial_intelligence_overrules_the_reader_where_an_object_begins_with_it():
    terms = [Term("artificial_intelligence", "es", "inteligencia artificial")]
    doubting = Reference(
        terms=terms, entries=[], words=[Word("taught", "taller*")], reader=NoticeReader({}, bias=-9.0)
    )

    def withheld(**tender):
        release = {"ocid": "ocds-x-1", "language": "es", "tender": tender}
        return build_dossier(release, reference=doubting).withheld(0.1)

    assert not withheld(title=f"{'Estudio ' * 20} con inteligencia artificial")
    assert not withheld(title="Estudio", description=f"{'x' * 118} inteligencia artificial")
    assert withheld(title="Estudio", description=f"{'x' * 119} inteligencia artificial")
    assert withheld(title="Talleres de inteligencia artificial")
    assert not withheld(title="Inteligencia artificial para talleres")


def test_an_abbreviation_overrules_no_reader():
    def withheld(name):
        terms = [Term("surveillance_product", "xx", name)]
        reference = Reference(terms=terms, entries=[], reader=NoticeReader({"w:aguas": -9.0}, 0))
        release = {**RELEASE, "tender": {"title": f"Aguas de {name}"}}
        return build_dossier(release, reference=reference).withheld(0.1)

    assert withheld("XRY")
    assert not withheld("Milestone")


@pytest.mark.parametrize(("probability", "is_found"), [(0.44, False), (0.46, True)])
def test_weak_words_count_where_the_whole_reads_like_technology(probability, is_found):
    reference = Reference(
        terms=[Term("software_platform", "es", "sistema", "weak")],
        entries=[],
        reader=NoticeReader({}, log(probability / (1 - probability))),
    )
    release = {**RELEASE, "tender": {"title": "Sistema"}}

    assert bool(build_dossier(release, reference=reference).scope) is is_found


def test_a_fact_is_worked_out_once_for_each_record_and_argument():
    asked = []

    @cached_fact
    def fact(dossier, word):
        asked.append(word)
        return (dossier.subject, word)

    dossier = build_dossier(RELEASE, reference=EMPTY)
    fact(dossier, "a")
    judged = dossier.with_statistics(dossier.statistics, digest="")

    assert (fact(judged, "a"), fact(judged, "b")) == (("x-1", "a"), ("x-1", "b"))
    assert fact(build_dossier(RELEASE | {"ocid": "x-2"}, reference=EMPTY), "a") == ("x-2", "a")
    assert asked == ["a", "b", "a"]
