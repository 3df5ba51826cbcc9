import pytest

from contracts.ocds.gate.encodings import MAX_LINES_REPORTED, MIXED, NAMES, Utf8Check, decode_mixed

MIXED_LINES = "año\nseñal 1\n".encode() + "señal 2, ".encode("cp1252") + "año\n".encode() + "fin ✓ ñ".encode()


def checked(content, size=1 << 20):
    check = Utf8Check()
    for start in range(0, len(content), size):
        check.feed(content[start : start + size])
    check.feed(b"", final=True)
    return check.encoding


def mended(content, size=1 << 20):
    problems = []
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    return (
        b"".join(decode_mixed(chunks, "cp1252", problems)).decode(),
        [(problem.code, problem.offset) for problem in problems],
        problems,
    )


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", "utf-8"),
        (b"plain", "utf-8"),
        ("señal ✓ 🛰".encode(), "utf-8"),
        ("señal, año".encode("cp1252"), "cp1252"),
        (b"\xe1", "cp1252"),
        ("señal ✓ 🛰".encode() + b"\xf1", f"{MIXED}cp1252"),
        (MIXED_LINES, f"{MIXED}cp1252"),
        ("Compañía ✓ ".encode() + "Compañía".encode("cp850"), f"{MIXED}cp850"),
        ("ñ".encode() + ("ñ" * 30).encode("cp1252"), "cp1252"),
    ],
)
def test_an_encoding_is_found_in_parts_of_any_size(content, encoding, size):
    assert checked(content, size) == encoding


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize(
    "text", ["compañía", "ADMINISTRACIÓN", "PERÚ", "Bolívar;Él;n.º 3", "Órgão público", "LICITAÇÃO", "¿Qué? ¡Sí!"]
)
def test_the_encoding_is_the_one_that_gives_letters_where_they_are_written(text, encoding):
    assert checked(text.encode(encoding)) == encoding


@pytest.mark.parametrize("size", [1, 2, 5, 1 << 20])
def test_only_what_is_not_utf_8_is_read_otherwise(size):
    text, problems, _ = mended(MIXED_LINES, size)
    assert text == "año\nseñal 1\nseñal 2, año\nfin ✓ ñ"
    assert problems == [("looks_like_latin1", MIXED_LINES.index(b"\xf1"))]


def test_the_line_is_named_with_what_was_read():
    (problem,) = mended(MIXED_LINES)[2]
    assert problem.values == {"line": 3, "offset": 16, "text": "año\nseñal 1\nseñal 2, año\nfin ✓ ñ"}


def test_a_byte_order_mark_goes_and_another_stays():
    assert mended(b"\xef\xbb\xbfa\xf1\xef\xbb\xbf", 1)[0] == "añ\ufeff"


def test_a_byte_that_windows_1252_does_not_know_stops_nothing():
    assert mended("ñ".encode() + b"\x81")[0] == "ñ\N{REPLACEMENT CHARACTER}"


def test_many_lines_are_counted():
    problems = mended(b"\xf1 \xf1\n" * (MAX_LINES_REPORTED + 5))[2]
    assert len(problems) == MAX_LINES_REPORTED + 1
    assert (problems[-1].variant, problems[-1].values) == ("more", {"number": 5})
