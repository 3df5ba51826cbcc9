import pytest

from audits.indicators import records
from audits.indicators.records import Release


@pytest.mark.parametrize(
    "line",
    [
        b'{"ocid":"x","a":NaN}',
        b'{"ocid":"x","a":-Infinity}',
        b'{"ocid":"x","a":"\\ud800"}',
        b'{"ocid":"x","a":"\\udc00\\ud800"}',
        b'{"ocid":"x","a":[1,]}',
        b'{"ocid":"x",}',
        b'{"ocid":"x","a":01}',
        b'{"ocid":"x","a":"\x01"}',
        b'{"ocid":"x","a":"\\q"}',
        b'{"ocid":"x"} {}',
        b'{"ocid":"x"',
        b'\xef\xbb\xbf{"ocid":"x"}',
        b'{"ocid":"x","tender":1,"a":NaN}',
        b'{"ocid":"x","tender":1,"a":"\\ud800"}',
        b'{"ocid":"x","tender":1,"n":1e999,"a":"\\ud800"}',
        b'{"ocid":"x","tender":1,"n":1e999,"a":NaN}',
        b'{"ocid":"x","a":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
        b'{"ocid":"x","tender":1,"a":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
        b"",
    ],
)
def test_what_is_no_json_is_refused(line):
    with pytest.raises(ValueError):
        records.read(line)


@pytest.mark.parametrize("line", [b"[1]", b'"x"', b"null", b"1", b"{}", b'{"ocid":null}', b'{"ocid":1}'])
def test_json_that_is_not_a_release_is_passed_over(line):
    assert records.read(line) is None


def test_of_a_repeated_key_the_last_counts():
    assert records.read(b'{"ocid":"x","ocid":"y"}').ocid == "y"
    assert records.read(b'{"ocid":"x","tender":{"status":"a"},"tender":{}}').tender.status is None
    assert records.read(b'{"ocid":"x","tender":1,"tender":{"status":"a"}}').tender.status == "a"


def test_escaped_keys_are_keys():
    assert records.read(b'{"\\u006fcid":"x"}') == Release("x")


def test_a_number_beyond_the_doubles_is_json_but_no_amount():
    line = b'{"ocid":"x","n":1e999,"bids":{"details":[{"value":{"amount":1e999,"currency":"USD"}}]}}'
    assert records.read(line).bids.details[0].value.amount is None
    line = b'{"ocid":"x","bids":{"details":[{"value":{"amount":%s}}]}}' % (b"9" * 400)
    assert records.read(line).bids.details[0].value.amount is None


@pytest.mark.parametrize("wrong", [b"1", b"true", b'"text"', b"[]", b"[1]", b"null"])
@pytest.mark.parametrize("place", [b"tender", b"bids", b"buyer"])
def test_a_wrong_type_counts_as_missing(place, wrong):
    release = records.read(b'{"ocid":"x","%s":%s,"awards":[{"status":"active"}]}' % (place, wrong))
    assert getattr(release, place.decode()) is None
    assert release.awards[0].status == "active"


def test_elements_that_are_no_objects_stay_elements():
    release = records.read(b'{"ocid":"x","awards":[{"suppliers":[null,"T",{"id":5},{"id":"S"}]},null,7]}')
    assert [supplier.id for supplier in release.awards[0].suppliers] == [None, None, None, "S"]
    assert len(release.awards) == 3


@pytest.mark.parametrize("rest", [b"", b',"buyer":{"id":5}'], ids=["clean", "loose"])
def test_a_lot_in_the_singular_is_one_of_the_lots(rest):
    line = b'{"ocid":"o","awards":[{"relatedLot":"1"},{"relatedLots":["2"]},{}],"bids":{"details":[%s]}%s}'
    release = records.read(line % (b'{"relatedLot":"1","relatedLots":["2"]}', rest))
    assert [award.related_lots for award in release.awards] == [["1"], ["2"], None]
    assert release.bids.details[0].related_lots == ["1", "2"]


def test_right_neighbours_of_wrong_fields_are_kept():
    line = (
        b'{"ocid":"x","buyer":{"id":1},"tender":{"status":"active","procurementMethod":2,"numberOfTenderers":1,'
        b'"tenderPeriod":{"startDate":3,"endDate":"e"},"procuringEntity":{"id":"P"},"lots":[{"id":"l"}],'
        b'"awardCriteria":"priceOnly","procurementMethodDetails":"d"},'
        b'"bids":{"details":[{"status":"valid","date":"d","value":{"amount":"7","currency":"USD"},'
        b'"tenderers":{"id":"T"},"relatedLots":["l",1]}]},'
        b'"awards":[{"items":[{"classification":{"scheme":"S","id":"10"},"relatedLot":"l"},{"classification":[]}]}]}'
    )
    release = records.read(line)
    tender, bid = release.tender, release.bids.details[0]
    assert (release.buyer.id, tender.status, tender.procurement_method) == (None, "active", None)
    assert bytes(tender.number_of_tenderers) == b"1"
    assert (tender.tender_period.start_date, tender.tender_period.end_date) == (None, "e")
    assert (tender.procuring_entity.id, tender.lots[0].id) == ("P", "l")
    assert (tender.award_criteria, tender.procurement_method_details) == ("priceOnly", "d")
    assert (bid.status, bid.date, bid.value.amount, bid.value.currency) == ("valid", "d", None, "USD")
    assert (bid.tenderers, bid.related_lots) == (None, ["l"])
    first, second = release.awards[0].items
    assert (first.classification.scheme, first.classification.id, first.related_lot) == ("S", "10", "l")
    assert second.classification is None
