"""An auditor, and something to judge."""

import pytest

from audits import groups
from tests.support.triage import load_release, made_up_release, raise_flag


@pytest.fixture
def auditor(sign_in):
    """The client of an auditor."""
    return sign_in(groups.AUDITORS)


@pytest.fixture
def lead(sign_in):
    """The client of a lead."""
    return sign_in(groups.LEADS)


@pytest.fixture
def process(db):
    return load_release(made_up_release())


@pytest.fixture
def flag(process):
    return raise_flag(process)
