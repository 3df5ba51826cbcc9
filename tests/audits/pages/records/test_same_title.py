"""The page of a process leads to other tenders of its buyer under the same title, earlier and later."""

import pytest

from audits.pages.records import same_title
from tests.support.buying import purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db
TITLE = "Cámaras de videovigilancia para el centro"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Other tenders of this buyer under the same title"),
        ("es", "Otras licitaciones de este comprador con el mismo título"),
        ("pt-br", "Outras licitações deste comprador com o mesmo título"),
    ],
)
def test_tenders_of_the_same_thing_are_listed_the_latest_first(client, buy, language, told):
    failed = purchase(1, title=TITLE)
    failed["tender"] |= {"status": "unsuccessful", "tenderPeriod": {"startDate": "2019-01-01T00:00:00Z"}}
    again = purchase(2, title="CAMARAS DE VIDEOVIGILANCIA, PARA EL CENTRO.")
    again["tender"] |= {"tenderPeriod": {"startDate": "2019-06-01T00:00:00Z"}}
    others = purchase(4, title=f"{TITLE} y el norte"), purchase(5, title=TITLE, buyer="Otro Municipio")
    buy(failed, again, purchase(3, title=TITLE), *others)

    page = get(client, f"/processes/ocds-test01-2/?lang={language}")
    assert told in text_of(page)
    part = page[page.index(told) :].partition("</section>")[0]
    assert part.index("/processes/ocds-test01-3/") < part.index("/processes/ocds-test01-1/")
    assert [number for number in (2, 4, 5) if f"/processes/ocds-test01-{number}/" in part] == []
    assert "q.title=" in part
    for number in (4, 5):
        assert told not in get(client, f"/processes/ocds-test01-{number}/?lang={language}")


def test_a_title_that_says_little_and_too_many_rows(client, buy, monkeypatch):
    buy(*(purchase(number, title="Obra 12") for number in (1, 2)))
    assert "the same title" not in get(client, "/processes/ocds-test01-1/?lang=en")
    monkeypatch.setattr(same_title, "MAX_SHOWN", 1)
    buy(*(purchase(number, title=TITLE) for number in (3, 4, 5)))
    assert "and 1 more" in text_of(get(client, "/processes/ocds-test01-3/?lang=en"))
