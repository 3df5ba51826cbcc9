import pytest

from tests.audits.indicators.making import compute, flags, release


def submission(ocid: str, start: object, end: object, **tender: object) -> dict:
    return release(ocid, tender={"tenderPeriod": {"startDate": start, "endDate": end}, **tender})


def test_a_period_below_the_threshold_is_short():
    found = compute(
        submission("short", "2024-01-01T00:00:00Z", "2024-01-15T23:59:59Z"),
        submission("enough", "2024-01-01T00:00:00Z", "2024-01-16T00:00:00Z"),
        settings="[R003]",
    )
    assert found == {"OCID": {"short": {"R003": 1.0}}, "Meta": {}}


def test_the_threshold_can_be_set():
    long = submission("long", "2024-01-01T00:00:00Z", "2024-01-31T00:00:00Z")
    assert flags(compute(long, settings="[R003]\nthreshold = 31"), "R003") == {"OCID": {"long": 1.0}}
    assert flags(compute(long, settings="[R003]\nthreshold = 30"), "R003") == {}


def test_the_threshold_can_differ_by_method_details():
    settings = "[R003]\n[R003.procurement_method_details]\nemergency = 2\ninternational = 25"
    period = ("2024-01-01T00:00:00Z", "2024-01-11T00:00:00Z")
    found = compute(
        submission("other", *period),
        submission("emergency", *period, procurementMethodDetails="emergency"),
        submission(
            "international", "2024-01-01T00:00:00Z", "2024-01-21T00:00:00Z", procurementMethodDetails="international"
        ),
        settings=settings,
    )
    assert flags(found, "R003") == {"OCID": {"other": 1.0, "international": 1.0}}


@pytest.mark.parametrize(
    ("methods", "flagged"),
    [("", {"open", "direct", "none"}), ("open", {"open"}), ("open|direct", {"open", "direct"}), ("|", set())],
)
def test_procurement_methods_limit_the_short_period(methods, flagged):
    period = ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
    found = compute(
        submission("open", *period, procurementMethod="open"),
        submission("direct", *period, procurementMethod="direct"),
        submission("none", *period),
        settings=f"[R003]\nprocurement_methods = {methods}",
    )
    assert flags(found, "R003").get("OCID", {}).keys() == flagged


@pytest.mark.parametrize("start", [None, 20240101, "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00+0500"])
def test_in_the_cardinal_profile_a_date_needs_time_and_offset(start):
    assert flags(compute(submission("x", start, "2024-01-02T00:00:00Z")), "R003") == {}


def tenderers(ocid: str, number: object, method: str | None = "open") -> dict:
    return release(ocid, tender={"numberOfTenderers": number, "procurementMethod": method})


@pytest.mark.parametrize(
    ("number", "flagged"),
    [(1, True), (0, False), (2, False), (1.0, False), ("1", False), (True, False), (None, False)],
)
def test_only_the_integer_one_is_a_single_tenderer(number, flagged):
    assert bool(flags(compute(tenderers("x", number)), "R018")) is flagged


@pytest.mark.parametrize(
    ("settings", "flagged"),
    [
        ("[R018]", {"open", "selective"}),
        ("[R018]\nprocurement_methods = direct", {"direct"}),
        ("[R018]\nprocurement_methods =", {"open", "selective", "direct", "none"}),
    ],
)
def test_a_single_tenderer_matters_where_others_could_have_bid(settings, flagged):
    found = compute(
        tenderers("open", 1),
        tenderers("selective", 1, "selective"),
        tenderers("direct", 1, "direct"),
        tenderers("none", 1, None),
        settings=settings,
    )
    assert flags(found, "R018").get("OCID", {}).keys() == flagged


def test_cancelled_and_excluded_processes_are_dropped():
    settings = "[R018]\n[exclusions]\nprocurement_method_details = Lottery|Other"
    found = compute(
        release("cancelled", tender={"numberOfTenderers": 1, "procurementMethod": "open", "status": "cancelled"}),
        release(
            "excluded",
            tender={"numberOfTenderers": 1, "procurementMethod": "open", "procurementMethodDetails": "Other"},
        ),
        release(
            "kept", tender={"numberOfTenderers": 1, "procurementMethod": "open", "procurementMethodDetails": "Else"}
        ),
        settings=settings,
    )
    assert flags(found, "R018") == {"OCID": {"kept": 1.0}}
