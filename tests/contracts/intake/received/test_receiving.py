import gzip
import json

import pytest

from contracts.intake.received.receiving import StoredSource
from contracts.models import Content, ContentChunk, ContractingProcess, Submission
from contracts.ocds.problems import RefusedError
from tests.support.receiving import receive
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("encode", "warns"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.encode(), False),
        (lambda text: text.encode("utf-16"), False),
        (lambda text: gzip.compress(text.encode()), False),
        (lambda text: gzip.compress(text[:50].encode()) + gzip.compress(text[50:].encode()), False),
        (lambda text: text.encode("latin-1"), True),
    ],
    ids=["BOM", "UTF-16", "gzip", "gzip in two members", "Latin-1"],
)
def test_encodings_and_compression_are_detected(encode, warns):
    text = json.dumps(release(language="español"), ensure_ascii=False)
    submission = load(content=encode(text))
    assert ContractingProcess.objects.get().language == "español"
    assert [problem["code"] for problem in submission.problems] == (["looks_like_latin1"] if warns else [])


def named(title: str, number: int) -> str:
    return json.dumps(release(f"ocds-test01-{number}", tender={"title": title}), ensure_ascii=False)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_one_bad_byte_leaves_the_rest_as_it_is(bom):
    lines = [named(f"Cámaras de videovigilancia n.º {number}", number).encode() for number in range(1, 4)]
    lines[1] = lines[1].replace("á".encode(), b"\xe1")
    submission = load(content=bom + b"\n".join(lines))
    assert [process.title for process in ContractingProcess.objects.order_by("ocid")] == [
        f"Cámaras de videovigilancia n.º {number}" for number in range(1, 4)
    ]
    (problem,) = submission.problems
    assert (problem["code"], problem["variant"]) == ("looks_like_latin1", "line")
    assert problem["offset"] == (bom + b"\n".join(lines)).index(b"\xe1")
    assert problem["values"]["line"] == 2
    assert "Cámaras" in problem["values"]["text"]


def test_one_bad_byte_of_a_package_in_one_line_leaves_the_rest_as_it_is():
    releases = ",".join(named(f"Expansión de la red n.º {number}", number) for number in range(1, 4))
    load(content=f'{{"releases":[{releases}]}}'.encode().replace("ó".encode(), b"\xf3", 1))
    assert sorted(ContractingProcess.objects.values_list("title", flat=True)) == [
        f"Expansión de la red n.º {number}" for number in range(1, 4)
    ]


def test_a_file_in_windows_1252_is_read_as_a_whole():
    # A with tilde and a closing quotation mark have the bytes of one character of UTF-8.
    end = "\N{LATIN CAPITAL LETTER A WITH TILDE}\N{RIGHT DOUBLE QUOTATION MARK}"
    titles = [f"Licitação n.º {number}: “AMANH{end} — ação, manutenção, informação" for number in range(1, 30)]
    content = "\n".join(named(title, number) for number, title in enumerate(titles)).encode("cp1252")
    assert "Ô".encode() in content
    submission = load(content=content)
    assert set(ContractingProcess.objects.values_list("title", flat=True)) == set(titles)
    assert [problem["code"] for problem in submission.problems] == ["looks_like_latin1"]


def test_bytes_are_kept_to_the_last_one():
    content = b"\xef\xbb\xbf" + json.dumps(release()).encode() + b"\n" * 3_000_000
    submission = load(content=content)
    chunks = ContentChunk.objects.filter(content=submission.content).order_by("number")
    assert b"".join(bytes(chunk.data) for chunk in chunks) == content
    assert len(chunks) == 3


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (b"", {}, "empty_body"),
        (b" \n ", {}, "empty_body"),
        (b"\xef\xbb\xbf", {}, "empty_body"),
        (b"[]" * 100, {"max_bytes": 100}, "body_too_large"),
        (gzip.compress(b"{}" * 1_000_000, mtime=0), {"max_unpacked_bytes": 1_000_000}, "unpacked_too_large"),
        (gzip.compress(b"{}" * 1000, mtime=0)[:-20], {}, "gzip_damaged"),
    ],
)
def test_refused_bytes_leave_nothing_behind(content, options, code):
    with pytest.raises(RefusedError) as caught:
        receive([content], channel=Submission.Channel.API, **options)
    assert caught.value.problem.code == code
    assert (Content.objects.count(), Submission.objects.count(), ContentChunk.objects.count()) == (0, 0, 0)


def test_a_large_gzip_unpacks_in_bounded_parts():
    text = json.dumps(release(language="x" * 20_000_000)).encode()
    submission, _ = receive([gzip.compress(text)], channel=Submission.Channel.API)
    parts = list(StoredSource(submission.content).text([]))
    assert max(map(len, parts)) <= 1024**2
    assert b"".join(parts) == text
