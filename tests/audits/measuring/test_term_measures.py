from audits.matching.lexicon import Term
from audits.matching.reference.data import Reference
from audits.measuring.term_measures import measure_terms

TERMS = [
    Term("video_surveillance", "es", "videovigilancia"),
    Term("video_surveillance", "es", "sistema de videovigilancia"),
    Term("negative", "es", "cámara de comercio"),
    Term("cloud", "es", "nube"),
]
NOTICES = [
    {"id": "1", "title": "Sistema de videovigilancia", "language": "es", "buyer": "Municipio"},
    {"id": "2", "title": "Afiliación a la cámara de comercio", "language": "es"},
    {"id": "3", "title": "Sillas", "language": "es"},
    {"id": "4", "title": "Mantenimiento de videovigilancia", "language": "es"},
]


def measured():
    measures = measure_terms(NOTICES, Reference(terms=TERMS, entries=[]))
    return measures, {measure.term: measure for measure in measures.terms}


def test_each_term_is_counted_also_within_longer_ones_and_where_it_masks():
    measures, by_term = measured()

    assert measures.rows == 4
    assert {term: measure.notices for term, measure in by_term.items()} == {
        "videovigilancia": 2,
        "sistema de videovigilancia": 1,
        "cámara de comercio": 1,
        "nube": 0,
    }
    assert by_term["videovigilancia"].per_10_000(measures.rows) == 5000


def test_a_term_is_reported_with_scope_flags_and_passages():
    _, by_term = measured()

    assert by_term["videovigilancia"].in_scope == by_term["videovigilancia"].flagged == 2
    assert by_term["cámara de comercio"].in_scope == 0
    assert by_term["cámara de comercio"].passages == ["Afiliación a la cámara de comercio"]


def test_one_concept_may_be_measured_alone():
    measures = measure_terms(NOTICES, Reference(terms=TERMS, entries=[]), concept="cloud")

    assert [measure.term for measure in measures.terms] == ["nube"]
