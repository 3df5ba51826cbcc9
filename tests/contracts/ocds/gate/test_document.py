import hashlib
from decimal import Decimal

import pytest

from contracts.ocds.gate.document import decode, encode, encode_again
from contracts.ocds.problems import Limits, RefusedError


def refusal(content):
    with pytest.raises(RefusedError) as caught:
        decode(content, Limits())
    return caught.value.problem


def test_numbers_are_kept_exactly():
    value = decode(b'{"amount":100000000000000.123456789,"id":123456789012345678901234567890}', Limits()).value
    assert value == {"amount": Decimal("100000000000000.123456789"), "id": 123456789012345678901234567890}


def test_the_digest_is_of_the_content_not_of_its_form():
    one = decode(b'{"a": 1, "b": [2.50]}', Limits())
    assert one.digest == decode(b'{"b":[2.50],"a":1}', Limits()).digest
    assert one.digest != decode(b'{"b":[2.51],"a":1}', Limits()).digest


def test_what_was_encoded_once_is_the_same_as_if_encoded_again():
    document = decode(
        '{"tender":{"b":[1.50,{}],"a":"é"},"ocid":"1","tag":["x"],"ñ\\"":null,"same":7}'.encode(), Limits()
    )
    assert document.digest == hashlib.sha256(encode(document.value)).digest()
    changed = {**document.value, "tag": ["compiled"], "new": {"z": 1, "y": 2}}
    del changed["same"]
    assert encode_again(changed, document) == encode(changed)
    assert decode(b"[1, 2]", Limits()).digest == hashlib.sha256(b"[1,2]").digest()


def test_encode_gives_back_what_was_decoded():
    content = b'{"a":100000000000000.123456789,"b":123456789012345678901234567890,"c":"\xc3\xa9"}'
    assert encode(decode(content, Limits()).value) == content


@pytest.mark.parametrize(
    ("content", "code", "pointer"),
    [
        (b'{"v":' + b"1" * 41 + b"}", "number_too_long", "/v"),
        (b'{"a/b":[0,' + b"1" * 4301 + b"]}", "number_too_long", "/a~1b/1"),
        (b'{"v":1e999}', "number_out_of_range", "/v"),
        (b'{"v":1e-400000}', "number_underflow", "/v"),
        (b'{"v":-1e99999999999999999999}', "number_out_of_range", "/v"),
        (b'{"v":[1.5e-99999999999999999999]}', "number_underflow", "/v/0"),
        (b'{"v":{"i\\u0000d":1}}', "nul_in_key", "/v"),
        (b'{"tender":{"id":1,"id":2}}', "duplicate_key", "/tender/id"),
        (b'{"a":1,}', "not_json", ""),
        (b'{"a":01}', "not_json", ""),
        (b'{"a":"\xff"}', "encoding_unknown", ""),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(content, code, pointer):
    problem = refusal(content)
    assert (problem.code, problem.pointer) == (code, pointer)


def test_forty_digits_are_allowed():
    assert decode(b'{"v":' + b"1" * 40 + b"}", Limits()).value == {"v": int("1" * 40)}


def test_the_offset_of_broken_json_counts_bytes():
    # At the same place in every version of Python.
    assert refusal('{"á":x}'.encode()).offset == 6


@pytest.mark.parametrize(
    ("content", "value", "reason"),
    [
        (b'{"t":"a\\u0000b"}', {"t": "ab"}, "nul_removed"),
        (b'{"t":"\\ud800"}', {"t": "\N{REPLACEMENT CHARACTER}"}, "lone_surrogate_replaced"),
        (b'{"t":1,"t":2}', {"t": 2}, "duplicate_key"),
        (b'{"t":NaN}', {}, "number_expected"),
        (b'{"t":-Infinity}', {}, "number_expected"),
    ],
)
def test_what_can_be_corrected_is_corrected_and_logged(content, value, reason):
    document = decode(content, Limits())
    assert document.value == value
    assert [(correction.path, correction.reason) for correction in document.corrections] == [("/t", reason)]


def test_objects_given_twice_are_shown_by_their_size():
    (noted,) = decode(b'{"tender":{"a":1,"b":2},"tender":{"a":3}}', Limits()).corrections
    assert (noted.found, noted.used) == ("{…} (2)", "{…} (1)")


def test_members_given_twice_with_one_value_are_no_matter():
    assert decode(b'{"id":1,"id":1}', Limits()).corrections == ()
