import copy
from collections import Counter
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
        ("date", "1889-03-01T10:00:00Z"),
        ("date", "2024-03-01"),
        ("tender/value/amount", "1.5"),
        ("tender/value/amount", -1),
        ("tender/value/amount", True),
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
        ("parties/1/id", "PE-RUC-1"),
        ("awards/0/suppliers", {"id": "1"}),
        ("awards/0/date", "1999-01-01T00:00:00Z"),  # a slip of the pen
        ("contracts/0/value/amount", 10**21),
        ("bids/details/0/value/amount", "12,00"),
        ("veedor", {"apart": []}),
    ],
)
def test_what_is_odd_is_read_as_by_the_parser(pointer, value):
    release = _clean()
    *path, last = pointer.split("/")
    place: Any = release
    for name in path:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[int(last) if isinstance(place, list) else last] = value
    _is_clean(decode(releases.dump(release), gate_limits()).value)


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
