import pytest

from audits.models import Flag
from contracts.models import ContractingProcess, Release
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def test_any_of_finds_what_in_finds():
    load(*(release(f"ocds-any001-{number}") for number in range(4)))
    ids = list(ContractingProcess.objects.order_by("ocid").values_list("pk", flat=True))
    found = ContractingProcess.objects.filter(pk__any_of=ids[:2])
    assert set(found) == set(ContractingProcess.objects.filter(pk__in=ids[:2]))
    assert ContractingProcess.objects.filter(parties__process__any_of=ids[1:]).distinct().count() == 3
    assert ContractingProcess.objects.filter(pk__any_of=[]).count() == 0


def test_any_of_takes_texts_sets_and_keys_of_dictionaries():
    load(*(release(f"ocds-any001-{number}") for number in range(3)))
    wanted = {"ocds-any001-0": 1, 'odd "{,}\\ text': 2, "ocds-any001-2": 3}
    for values in (wanted, wanted.keys(), set(wanted), tuple(wanted)):
        found = Release.objects.filter(ocid__any_of=values).order_by("ocid").values_list("ocid", flat=True)
        assert list(found) == ["ocds-any001-0", "ocds-any001-2"]


def test_any_of_takes_any_text_literally():
    odd = ["NULL", "o'cid", "{a,b}", "a, b", 'with "quotes"', "back\\slash", "100 %s", "añó\u2028", "tab\tand\nline"]
    load(*map(release, [*odd, "ocds-any001-1"]))
    for text in odd:
        assert ContractingProcess.objects.filter(ocid__any_of=[text]).values_list("ocid", flat=True).get() == text
    for some in (odd, odd[:4]):
        assert ContractingProcess.objects.filter(ocid__any_of=some).count() == len(some)


@pytest.mark.parametrize("number", [2**31, 2**63, -(2**70)])
def test_any_of_finds_nothing_by_numbers_that_no_column_holds(number):
    load(release())
    process = ContractingProcess.objects.get()
    assert list(ContractingProcess.objects.filter(pk__any_of=[process.pk, number])) == [process]
    assert not ContractingProcess.objects.filter(number_of_tenderers__any_of=[number]).exists()


def test_any_of_excludes():
    load(release())
    process = ContractingProcess.objects.get()
    assert not ContractingProcess.objects.exclude(pk__any_of=[process.pk]).exists()
    assert not Flag.objects.filter(process__any_of=[process.pk]).exclude(last_audit__any_of=[0]).exists()
