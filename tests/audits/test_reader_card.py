"""What the model card of the reader tells of the weights that its training went on from."""

import pytest

from audits.matching.notice_reader import NoticeReader
from audits.reference.rule_sets import WEIGHTS

pytestmark = pytest.mark.django_db


def test_the_card_tells_what_taught_the_weights_that_training_went_on_from(client):
    start = NoticeReader.load(WEIGHTS).card["start"]
    page = client.get("/methodology/reader/", headers={"Accept-Language": "en"}).content.decode()

    rows = sum(start["sources"].values())
    assert f"Its training started from weights learned from {rows} rows of {start['buyers']} buyers by" in page
    assert "If those include the same buyers, the figures below are too good." in page
