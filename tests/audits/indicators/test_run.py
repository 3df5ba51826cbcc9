import gzip
import io
import json
import random

import pytest

from audits.indicators import run as running
from audits.indicators.part import Job
from audits.indicators.run import run
from audits.indicators.settings import Settings
from tests.audits.indicators.making import award, bid, compute, lines, part, release
from tests.benchmarks.releases import compiled_releases


def content(count: int, *, currencies: str = "USD") -> bytes:
    """Processes with every kind of result, bad lines among them."""
    rng = random.Random(7)
    made: list[object] = []
    for number in range(count):
        names = rng.sample([f"T{name}" for name in range(30)], 4)
        words = ["valid", "valid", rng.choice(["valid", "disqualified"]), "disqualified"]
        currency = rng.choice(currencies.split())
        bids = [
            bid(name, rng.randint(10, 40), word, currency, date="2024-02-01T00:00:00Z")
            for name, word in zip(names, words, strict=True)
        ]
        items = [{"classification": {"scheme": "S", "id": f"{rng.randint(10, 50)}"}}]
        tender = {
            "tenderPeriod": {
                "startDate": "2024-01-01T00:00:00Z",
                "endDate": f"2024-01-{rng.randint(10, 31)}T00:00:00Z",
            },
            "numberOfTenderers": rng.choice([1, 4]),
            "procurementMethod": "open",
            "procuringEntity": {"id": f"E{rng.randint(0, 20)}"},
        }
        made.append(
            release(
                f"o{number % (count - 5)}",
                bids,
                [award(names[0], items=items)],
                tender=tender,
                buyer={"id": f"B{number % 9}"},
            )
        )
        if number % 50 == 7:
            made += [b"{broken", b"", b"  \t", b'{"ocid":"y","a":"\xff"}', b"[]", {"id": "without ocid"}]
    return lines(*made)


@pytest.fixture
def small_parts(monkeypatch):
    """So small that a short file has many parts."""
    monkeypatch.setattr(running, "FIRST", 3000)
    monkeypatch.setattr(running, "PIECE", (5000, 9000))
    monkeypatch.setattr(running, "BLOCK", 4000)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("profile", ["cardinal", "veedor"])
@pytest.mark.parametrize("currencies", ["USD", "USD PEN EUR"])
def test_the_result_does_not_depend_on_the_number_of_workers(tmp_path, profile, currencies):
    path = tmp_path / "compiled.jsonl"
    path.write_bytes(content(300, currencies=currencies))
    zipped = tmp_path / "compiled.jsonl.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    job = Job(profile=profile, maps=True)

    one = run(job, path, workers=1)
    others = [
        run(job, path, workers=2),
        run(job, zipped, workers=3),
        run(job, io.BytesIO(path.read_bytes()), workers=2),
    ]

    for other in others:
        assert json.dumps(other.results.as_json()) == json.dumps(one.results.as_json())
        assert (other.lines, other.skipped_lines, other.skipped) == (one.lines, one.skipped_lines, one.skipped)
        assert other.results.other_currencies == one.results.other_currencies
    assert {"OCID", "Buyer", "ProcuringEntity", "Tenderer"} & one.results.as_json().keys()
    assert one.skipped_lines == 12


def test_parts_folded_before_the_main_currency_is_known_are_folded_again(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "FIRST", 10)
    monkeypatch.setattr(running, "PIECE", (200, 200))
    made = [release("none")]
    for number, currency in enumerate(["PEN", "USD", "PEN", "USD"] * 5):
        bids = [bid("W", 10, currency=currency), bid("D", 9, "disqualified", currency)]
        made.append(release(f"{currency}{number}", bids, [award("W")]))
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(lines(*made))
    for workers in (1, 2):
        found = run(Job(Settings(codes=frozenset({"R036"})), "cardinal"), path, workers=workers)
        assert found.results.currency == "PEN"
        assert {ocid[:3] for ocid in found.results.groups["OCID"]} == {"PEN"}
        assert len(found.results.groups["OCID"]) == 10


@pytest.mark.parametrize("data", [b"", b"\n", b"\n \n\t\n"])
def test_an_empty_file_has_no_results(tmp_path, data):
    path = tmp_path / "empty.jsonl"
    path.write_bytes(data)
    found = run(Job(Settings(codes=frozenset({"R003"}))), path)
    assert found.results.as_json() == {"Meta": {}}
    assert found.skipped_lines == 0


def test_without_indicators_there_is_only_meta():
    assert compute(release("x"), settings="") == {"Meta": {}}


def test_without_settings_all_eleven_run():
    assert compute(release("x"))["Meta"].keys() == {"R024", "R025", "R048", "R058"}


def test_bad_lines_are_skipped_and_named():
    found = part(release("x"), b"{", b'{"ocid":"\xff"}', b"", b'{"ocid":"x","a":NaN}', b"[]", release("y"))
    assert found.lines == 7
    assert found.skipped_lines == 3
    assert [line for line, _ in found.skipped] == [2, 3, 5]
    assert "NaN" not in found.results.as_json()


def test_lines_may_end_like_those_of_windows():
    short = {"tenderPeriod": {"startDate": "2024-01-01T00:00:00Z", "endDate": "2024-01-02T00:00:00Z"}}
    data = lines(release("x", tender=short), release("y", tender=short)).replace(b"\n", b"\r\n") + b"\r\n"
    found = run(Job(), io.BytesIO(data), workers=1)
    assert found.results.groups["OCID"].keys() == {"x", "y"}
    assert found.skipped_lines == 0


def test_maps_are_all_there_when_asked_for():
    assert compute(release("x"), settings="[R003]", maps=True)["Maps"] == {
        "ocid_buyer_r038": {},
        "ocid_procuringentity_r038": {},
        "ocid_tenderer": {},
        "ocid_tenderer_r024": {},
        "ocid_tenderer_r028": {},
        "ocid_tenderer_r030": {},
        "ocid_tenderer_r035": {},
        "ocid_tenderer_r058": {},
    }


@pytest.mark.parametrize(("code", "mapped"), [("R025", True), ("R038", True), ("R048", True), ("R028", False)])
def test_tenderers_are_mapped_for_indicators_about_them(code, mapped):
    made = release("x", [bid("A"), bid(["B", "A"], status="pending"), bid("C", status="withdrawn")])
    found = compute(made, settings=f"[{code}]", maps=True)["Maps"]["ocid_tenderer"]
    assert found == ({"x": ["A", "B"]} if mapped else {})


def test_realistic_releases_are_read_without_loss(tmp_path):
    path = tmp_path / "compiled.jsonl"
    path.write_bytes(lines(*compiled_releases(3, 400)))
    for profile in ("cardinal", "veedor"):
        found = run(Job(profile=profile), path, workers=1)
        assert (found.lines, found.skipped_lines) == (400, 0)
        assert len(found.results.groups["OCID"]) > 50


def test_where_nothing_is_to_be_mended_the_profiles_agree():
    made = content(600).splitlines()
    cardinal, veedor = (compute(*made, profile=profile, maps=True) for profile in ("cardinal", "veedor"))
    assert {code for values in cardinal["OCID"].values() for code in values} >= {
        "R003",
        "R018",
        "R028",
        "R036",
        "R058",
    }
    for group in ("OCID", "Buyer", "ProcuringEntity", "Tenderer", "Maps"):
        assert veedor.get(group) == cardinal.get(group), group
