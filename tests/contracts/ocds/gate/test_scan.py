import pytest

from contracts.ocds.gate.cutting import Scanner
from contracts.ocds.gate.scan import scan
from contracts.ocds.problems import Limits, Problem

LIMITS = Limits(depth=8, item_bytes=2000)


def cut(content, size=1 << 20, limits=LIMITS):
    chunks = [content[start : start + size] for start in range(0, len(content), size)] or [b""]
    return [
        (entry.code, entry.pointer, entry.line, entry.offset)
        if isinstance(entry, Problem)
        else (entry.content, entry.pointer, entry.line, entry.offset, entry.list_name)
        for entry in scan(chunks, limits)
    ]


def test_empty_input_gives_nothing():
    assert cut(b"") == []
    assert cut(b" \n\t ") == []


def test_package_is_cut_into_releases_and_its_skeleton():
    assert cut(b'{"uri": "u", "releases": [{"ocid": "a"}, {"ocid": "b"}], "version": "1.1"}') == [
        (b'{"ocid": "a"}', "/releases/0", 1, 26, "releases"),
        (b'{"ocid": "b"}', "/releases/1", 1, 41, "releases"),
        (b'{"uri": "u", "releases": [], "version": "1.1"}', "", 1, 0, ""),
    ]


def test_array_of_packages_and_releases():
    assert cut(b'[{"ocid":"x"}, {"records":[{"ocid":"y"}]}]') == [
        (b'{"ocid":"x"}', "/0", 1, 1, ""),
        (b'{"ocid":"y"}', "/1/records/0", 1, 27, "records"),
        (b'{"records":[]}', "/1", 1, 15, ""),
    ]


def test_brackets_and_escapes_inside_texts_are_text():
    release = rb'{"ocid":"a","title":"]} \" [{ \\"}'
    assert cut(b'{"releases":[' + release + b"]}")[0][0] == release


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13])
@pytest.mark.parametrize(
    "content",
    [
        rb'{"uri":"\\","releases":[{"ocid":"a","t":"\\\""},{"ocid":"b"}],"x":{"y":[1]}}',
        b'[{"ocid":"x","a":[{"b":"]}"}]},{"releases":[{"ocid":"y"},null,7,{"ocid":"z"}],"uri":"u"}]',
        b'{"releases":[{"ocid":"d","x":' + b"[" * 20 + b"]" * 20 + b'},{"ocid":"e"}]}',
        b'{"releases":[{"ocid":"d"',
        b'{"ocid":"a"}}',
        b"null",
    ],
)
def test_the_size_of_chunks_does_not_matter(content, size):
    assert cut(content, size) == cut(content)


def test_a_broken_line_of_json_lines_spoils_no_other():
    lines = b'{"ocid":"1"}\n{"ocid":"2"}\n{"broken": "\n{"ocid":"4"}\n'
    assert cut(lines) == [
        (b'{"ocid":"1"}', "", 1, 0, ""),
        (b'{"ocid":"2"}', "", 2, 13, ""),
        ("cut_off", "", 3, 26),
        (b'{"ocid":"4"}', "", 4, 39, ""),
    ]


def test_what_is_not_an_object_is_reported_where_it_stands():
    assert cut(b'{"records":[{"ocid":"a"},null,3,{"ocid":"b"}]}')[1:4] == [
        ("object_expected", "/records/1", 1, 24),
        ("object_expected", "/records/2", 1, 24),
        (b'{"ocid":"b"}', "/records/3", 1, 32, "records"),
    ]
    assert [entry[:2] for entry in cut(b'[5,null,{"ocid":"a"},"x, y",{"records":[1]}]')] == [
        ("object_expected", "/0"),
        ("object_expected", "/1"),
        (b'{"ocid":"a"}', "/2"),
        ("object_expected", "/3"),
        ("object_expected", "/4/records/0"),
        (b'{"records":[]}', "/4"),
    ]


@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_each_entry_that_is_not_an_object_is_reported_up_to_a_number(size):
    codes = [entry[0] for entry in cut(b'[{"ocid":"a"},5,"x, \\" y"]', size)]
    assert codes == [b'{"ocid":"a"}', "object_expected", "object_expected"]
    assert [entry[0] for entry in cut(b"[" + b"7," * 100 + b"8]", size)] == ["object_expected"] * 21


def test_depth_is_counted_from_the_release():
    within = b'{"releases":[{"x":' + b"[" * 7 + b"]" * 7 + b"}]}"
    beyond = b'{"releases":[{"x":' + b"[" * 8 + b"]" * 8 + b'},{"ocid":"next"}]}'
    assert cut(within)[0][1] == "/releases/0"
    assert cut(beyond)[0] == ("too_deep", "/releases/0", 1, 13)
    assert cut(beyond)[1][0] == b'{"ocid":"next"}'


def test_an_item_over_the_limit_is_refused_and_the_next_one_read():
    large = b'{"ocid":"a","t":"' + b"x" * 3000 + b'"}'
    content = b'{"releases":[' + large + b',{"ocid":"b"}]}'
    for size in (1 << 20, 500):
        assert [entry[:2] for entry in cut(content, size)[:2]] == [
            ("item_too_large", "/releases/0"),
            (b'{"ocid":"b"}', "/releases/1"),
        ]


def test_a_cut_file_gives_what_was_complete():
    entries = cut(b'{"releases":[{"ocid":"a"},{"ocid":"b')
    assert entries == [(b'{"ocid":"a"}', "/releases/0", 1, 13, "releases"), ("cut_off", "", 1, 26)]


def test_eighty_kilobytes_of_brackets_are_refused():
    assert cut(b"[" * 80_000)[0][0] == "cut_off"
    assert cut(b"[" * 40_000 + b"]" * 40_000, limits=Limits())[0][0] == "too_deep"


@pytest.mark.parametrize("size", [700, 5000, 1 << 20])
@pytest.mark.parametrize(
    "stray",
    [b'"' + b"x" * 20_000 + b'"', b'"' + b'x,\\"\\\\, ' * 3000 + b'"', b"1,null, " * 3000 + b"7", b"garbage " * 3000],
    ids=["text", "text with quotes and commas", "scalars", "garbage"],
)
def test_a_long_stretch_without_objects_is_one_problem_where_it_begins(stray, size):
    assert cut(stray, size) == [("object_expected", "", 1, 0)]
    between = cut(b'{"releases":[{"ocid":"a"},' + stray + b',{"ocid":"b"}]}', size)
    entries = 6001 if stray.startswith(b"1") else 1
    assert between == [
        (b'{"ocid":"a"}', "/releases/0", 1, 13, "releases"),
        ("object_expected", "/releases/1", 1, 25),
        (b'{"ocid":"b"}', f"/releases/{entries + 1}", 1, 27 + len(stray), "releases"),
        (b'{"releases":[]}', "", 1, 0, ""),
    ]
    top = cut(b"[" + stray + b',{"ocid":"c"}]', size)
    assert [entry[:2] for entry in top] == [("object_expected", "/0"), (b'{"ocid":"c"}', f"/{entries}")]


def test_a_long_text_in_a_list_is_not_kept_in_memory():
    scanner = Scanner(LIMITS)
    largest = 0
    for chunk in [b'{"releases":["', *[b"x" * 10_000] * 50, b'",{"ocid":"b"}]}']:
        largest = max(largest, sum(isinstance(entry, Problem) for entry in scanner.feed(chunk)))
        assert len(scanner.buffer) <= 20_000
    assert largest == 1
    assert list(scanner.close()) == []
