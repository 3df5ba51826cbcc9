import copy
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from contracts.intake.organization_keys import OrganizationKeys
from contracts.intake.receiving import gate_limits
from contracts.intake.rows import ProcessRows
from contracts.ocds.clean import read_clean
from contracts.ocds.document import decode, encode
from contracts.ocds.merge import compile_releases
from contracts.ocds.parse import parse_process
from contracts.ocds.reading import Received, read_releases
from contracts.ocds.views import Process
from tests.benchmarks import releases
from tests.contracts.ocds.odd_values import spoil
from tests.support.shared import ALL_OCDS_FILES, needs_ocds_files


def _rows(process: Process) -> tuple[Any, ...]:
    rows = ProcessRows(process)
    keys = OrganizationKeys()
    keys.update({key: number for number, key in enumerate(sorted(rows.organizations))})
    tables = (rows.parties, rows.awards, rows.contracts, rows.bids)
    return rows.organizations, rows.columns(keys), *(list(table(1, keys)) for table in tables)


def _is_clean(release: dict[str, Any]) -> bool:
    """Read a compiled release both ways, which must agree where the fast one answers at all."""
    process = read_clean(release, encode(release))
    if process is None:
        return False
    expected, corrections = parse_process(release)
    assert not corrections
    assert _rows(process) == _rows(expected)
    return True


def _compiled(release: dict[str, Any]) -> dict[str, Any]:
    """Return the compiled release of what went through the gate, where numbers become exact."""
    return compile_releases([decode(releases.dump(release), gate_limits()).value])[0]


def test_generated_records_are_read_as_by_the_parser_and_nearly_all_at_once():
    made = [*(releases.process(1, index) for index in range(300)), *(releases.small_process(1, n) for n in range(50))]
    assert Counter(_is_clean(_compiled(release)) for release in made)[True] > 0.97 * len(made)


@pytest.mark.parametrize("dirty", releases.DIRT, ids=lambda dirty: dirty.__name__)
def test_dirty_records_are_left_to_the_parser_or_read_as_by_it(dirty):
    for index in range(5):
        release = releases.process(2, index)
        dirty(release)
        _is_clean(_compiled(release))


@needs_ocds_files
def test_real_records_are_read_as_by_the_parser():
    found = Counter(
        _is_clean(compile_releases([received.document.value])[0])
        for path in ALL_OCDS_FILES
        if path.stat().st_size < 2_000_000
        for received in read_releases([path.read_bytes()], gate_limits())
        if isinstance(received, Received)
    )
    assert found[True] > 300, found


def _clean() -> dict[str, Any]:
    return copy.deepcopy(releases.process(1, 0))


def test_a_clean_record_is_clean():
    assert _is_clean(_compiled(_clean()))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("date", "2024-03-01T10:00:00.9999999Z"),  # rounded up by one, cut off by the other
        ("date", "2024-03-01T10:00:00+15:00"),
        ("tender/title", "Lote 1.23456789"),
        ("tender/tenderPeriod", {}),
        ("tender/items/0/classification", {}),
        ("tender/items/0/classification", {"uri": "https://example.org/1"}),
        ("tender/items/0/unit", {"name": "u", "value": {"amount": 2, "currency": "PEN"}}),
        ("tender/amendment", {}),
        ("tender/amendments", [{"id": "1", "rationale": " plazo ", "date": "2022-03-01T10:00:00Z"}]),
        ("tender/lots", [{"id": "1", "title": " Lote ", "value": {"amount": 5, "currency": "PEN"}}]),
        ("tender/procurementMethodType", " aboveThreshold "),
        ("planning/budget/finance", [{"id": "1", "financingParty": {"id": "BID", "name": "Banco"}}]),
        ("bids/statistics", [{"id": "1", "measure": "bids", "value": 3, "relatedLot": "1"}]),
        ("awards/0/relatedLot", "1"),
        ("awards/0/relatedLot", 1),
        ("awards/0/relatedLot", "N/A"),
        ("awards/0/relatedLot", ["1", "2"]),
        ("awards/0/relatedlot", "1"),
        ("bids/details/0/relatedLot", 1),
        ("bids/details/0/relatedLot", "N/A"),
        ("bids/details/0/status", "notQualified"),
        ("relatedProcesses", [{"id": "1", "relationship": ["framework"], "identifier": "ocds-x-1"}]),
        ("contracts/0/implementation", {"transactions": [{"id": "1", "value": {"amount": 5, "currency": "PEN"}}]}),
        ("contracts/0/implementation", {"transactions": [{"id": "1", "amount": {"amount": 5, "currency": "PEN"}}]}),
        (
            "contracts/0/implementation",
            {"documents": [{"id": "1", "title": " Adenda ", "datePublished": "2024-03-01"}]},
        ),
        ("contracts/0/implementation", {"documents": [{"id": "1", "datePublished": "1889-03-01T10:00:00Z"}]}),
        ("contracts/0/implementation", {"documents": [{"id": 7}]}),
        (
            "contracts/0/implementation",
            {"transactions": [{"id": str(n), "date": f"20{n}-03-01T10:00:00Z"} for n in (22, 12, 23)]},
        ),
        ("contracts/0/implementation", {"transactions": [{"id": "1", "value": None, "amount": {"amount": 5}}]}),
        ("contracts/0/amendments", [{"id": str(n), "date": f"20{n}-03-01T10:00:00Z"} for n in (22, 12, 23)]),
        (
            "contracts/0",
            {
                "id": "C",
                "amendments": [{"id": str(n), "date": f"20{n}-03-01T10:00:00Z"} for n in (22, 12)],
                "amendment": {"id": "3", "date": "2023-03-01T10:00:00Z"},
            },
        ),
        ("contracts/0/period", {"startDate": "2031-02-08T00:00:00Z", "endDate": "2021-08-01T00:00:00Z"}),
        (
            "contracts/0/period",
            {"startDate": "2024-03-01T00:00:00Z", "endDate": "2084-03-01T00:00:00Z", "durationInDays": 1095},
        ),
        ("date", "1889-03-01T10:00:00Z"),
        ("date", "2024-03-01"),
        ("date", "9999-12-31T00:00:00Z"),
        ("date", "9999-12-31T23:59:59-05:00"),
        ("tender/value/amount", "1.5"),
        ("tender/value/amount", -1),
        ("tender/value/amount", True),
        ("tender/value/amount", Decimal("0e25")),
        ("tender/value/currency", "pen"),
        ("tender/value", {"note": "none"}),
        ("tender/numberOfTenderers", 1.5),
        ("tender/title", " with spaces "),
        ("tender/title", "with \x07 bell"),
        ("tender/title", "N/A"),
        ("tender/items/0/description", "  N/A" + 30 * " "),
        ("tender/items/0/quantity", 1e-12),
        ("tender/id", 7),
        ("tender/tenderers/0/name", ""),
        ("tender/tenderers/0", {"name": ""}),
        ("tender/documents/0", None),
        ("tender/tenderPeriod/endDate", "2091-01-01T00:00:00Z"),
        ("tender/suplier", [{"name": "A"}]),
        ("tender/procuremntMethod", "open"),
        ("parties/0/name", "S/N"),
        ("parties/0/id", "0000"),
        ("parties/0/roles", [" buyer "]),
        ("parties/1/roles", [" leadTenderer "]),
        ("buyer", {"name": "Otro", "memberOf": [{"id": "1", "name": "N/A"}]}),
        ("parties/1/id", "PE-RUC-1"),
        ("awards/0/suppliers", {"id": "1"}),
        ("awards/0/date", "1999-01-01T00:00:00Z"),  # a slip of the pen
        ("contracts/0/value/amount", 10**21),
        ("bids/details/0/value/amount", "12,00"),
        ("veedor", {"apart": []}),
    ],
)
def test_what_is_odd_is_read_as_by_the_parser(pointer, value):
    _is_clean(_changed({pointer: value}))


@pytest.mark.parametrize(
    "changes",
    [
        {"date": None, "contracts/0/period/endDate": "9999-12-31T00:00:00Z"},
        {  # a slip of the pen, but none that is beside a year which there is not
            "date": None,
            "tender/tenderPeriod": {"startDate": "2021-01-01T00:00:00Z"},
            "awards/0/date": "9999-12-30T00:00:00Z",
            "contracts/0/dateSigned": "9999-12-31T00:00:00Z",
        },
        {
            "parties/1": {"id": "PE-RUC-77777", "name": "Grupo"},
            "parties/0/memberOf": [{"name": "Otro", "identifier": {"scheme": "PE-RUC", "id": "77777"}}],
        },
        {
            "parties/1": {"name": "Nadie S.A."},
            "tender/tenderers/0": {"name": "", "identifier": {"scheme": "PE-RUC", "id": "77777"}},
        },
    ],
)
def test_what_is_odd_together_is_read_as_by_the_parser(changes):
    _is_clean(_changed(changes))


def _changed(changes: dict[str, Any]) -> dict[str, Any]:
    """Return a clean release with other values in some places."""
    release = _clean()
    for pointer, value in changes.items():
        *path, last = pointer.split("/")
        place: Any = release
        for name in path:
            place = place[int(name)] if isinstance(place, list) else place[name]
        place[int(last) if isinstance(place, list) else last] = value
    value = decode(encode(release), gate_limits()).value
    assert isinstance(value, dict)
    return value


def test_whatever_values_are_odd_both_read_the_same():
    found: Counter[bool] = Counter()
    for seed in range(700):
        rng = random.Random(f"odd/{seed}")
        release = copy.deepcopy((releases.small_process if rng.random() < 0.8 else releases.process)(5, seed))
        spoil(release, rng)
        try:
            found[_is_clean(decode(encode(release), gate_limits()).value)] += 1
        except (AssertionError, ValueError) as error:
            error.add_note(f"with the odd values of seed {seed}")
            raise
    assert found[True] > 400, found  # else nothing was compared


def test_corrections_are_the_parsers():
    release = _compiled(_clean())
    release["tender"]["title"] = "N/A"
    assert read_clean(release, encode(release)) is None


def test_organizations_that_only_stages_name_are_parties_too():
    release = {
        "ocid": "ocds-test01-1",
        "buyer": {"name": "Ministerio", "identifier": {"scheme": "PE-RUC", "id": "20131"}},
        "awards": [{"id": "1", "suppliers": [{"name": "Redes S.A.", "address": {"countryName": "Perú"}}]}],
    }
    assert _is_clean(release)
    assert [party.name for party in (read_clean(release, b"") or Process(path="")).parties] == [
        "Ministerio",
        "Redes S.A.",
    ]
