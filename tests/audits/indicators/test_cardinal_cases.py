"""The cases that hold what OCDS Cardinal 0.0.8 printed; they lie beside the checkout, not in it."""

import json
import os
from pathlib import Path

import pytest

from audits.indicators import settings as ini
from audits.indicators.part import Job
from audits.indicators.run import run

SHARED = Path(os.environ.get("VEEDOR_SHARED", Path(__file__).parents[4] / "shared"))
CASES = SHARED / "data" / "cardinal"
NAMES = ["consortia-defaults", "dates-dates", "plain-defaults", "real", "status-defaults", "ties-fixed-thresholds"]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_the_cardinal_profile_prints_what_cardinal_printed(name, workers):
    if not CASES.is_dir():
        pytest.skip(f"{CASES} is absent: set VEEDOR_SHARED to the folder that holds data/cardinal")
    settings = ini.parse((CASES / f"{name}.ini").read_text(encoding="utf-8"))
    expected = json.loads((CASES / f"{name}.expected.json").read_text(encoding="utf-8"))

    found = run(Job(settings, "cardinal"), CASES / f"{name}.jsonl.gz", workers=workers).results.as_json()

    meta, expected_meta = found.pop("Meta"), expected.pop("Meta")
    assert found.keys() == expected.keys()
    for group, ids in expected.items():
        assert found[group] == {id_: pytest.approx(values, rel=1e-9, abs=1e-9) for id_, values in ids.items()}
    assert meta == {code: pytest.approx(numbers, abs=1e-4) for code, numbers in expected_meta.items()}
