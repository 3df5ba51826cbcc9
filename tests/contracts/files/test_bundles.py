"""Files in ZIPs and e-mails: what is taken out of them, what is left out and why."""

import base64
import struct
import tempfile
import zipfile

import pytest

from contracts.files import unpacking
from contracts.files.bundles import members_of
from contracts.files.kinds import FileKind, kind_of_file
from contracts.files.limits import ReaderLimits
from contracts.files.mail import MAX_LOGO_BYTES, parts_of, text_of_html, without_quoted_headers
from contracts.files.unpacking import MAX_MEMBERS, read
from contracts.ocds.problems import RefusedError
from tests.support.bundles import NAMED, locked, mail_of
from tests.support.workbooks import zipped


def opened(content: bytes) -> dict[str, bytes | str]:
    """Return path → content, or why it was left out."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return {
            member.path: member.problem.variant if member.problem else _content(member.file)
            for member in members_of(file, kind_of_file(file))
        }


def _content(file) -> bytes:
    file.seek(0)
    return file.read()


def told(content: bytes, kind: FileKind = FileKind.ZIP) -> list[tuple[str, str]]:
    """Return path and reason of what is left out, read in this process."""
    found, path = [], ""
    for line in read(kind, content):
        path = line.get("member", path)
        if "refused" in line:
            found.append((path, line["refused"][1]))
    return found


def test_files_are_taken_out_with_their_paths_but_what_systems_add_is_not():
    content = zipped(
        {
            "contratos/": b"",
            "contratos/1.txt": b"uno",
            "../../etc/passwd": b"dos",
            "C:\\Ana\\3.csv": b"a;b\n1;2\n",
            "__MACOSX/contratos/._1.txt": b"x",
            "contratos/.DS_Store": b"x",
            "Thumbs.db": b"x",
        }
    )
    assert opened(content) == {
        "contratos/1.txt": b"uno",
        "../../etc/passwd": b"dos",
        "C:/Ana/3.csv": b"a;b\n1;2\n",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "cp850"])
def test_names_of_old_programs_are_read(encoding):
    name = "Licitación.txt".encode(encoding)
    content = zipped({"A" * len(name): b"x"}).replace(b"A" * len(name), name)
    assert list(opened(content)) == ["Licitación.txt"]


def test_encrypted_members_are_reported_by_path_and_the_rest_is_read():
    content = zipped({"a.txt": b"uno", "b.txt": b"dos"})
    assert opened(locked(content, "b.txt")) == {"a.txt": b"uno", "b.txt": "encrypted"}
    with pytest.raises(RefusedError) as refused:
        opened(locked(content))
    assert refused.value.problems[0].variant == "encrypted"


def test_what_is_damaged_is_reported_and_the_rest_is_read():
    content = zipped({"a.txt": b"uno" * 99, "b.txt": b"dos"}, packing=zipfile.ZIP_STORED)
    assert opened(content.replace(b"unouno", b"unoUNO", 1)) == {"a.txt": "damaged", "b.txt": b"dos"}
    size = content.index(b"PK\x01\x02")
    unknown = content[: size + 10] + struct.pack("<H", 99) + content[size + 12 :]  # packed in a way nobody knows
    assert opened(unknown)["a.txt"] == "damaged"


def test_archives_in_archives_are_opened_to_a_depth():
    content = b"fin"
    for number in range(4):
        content = zipped({f"{number}.zip" if number else "a.txt": content})
    assert told(content) == [("3.zip/2.zip/1.zip", "depth")]
    assert opened(zipped({"z.zip": zipped({"m.eml": mail_of("Texto", {"a.txt": b"uno"})})})) == {
        "z.zip/m.eml/": b"Texto",
        "z.zip/m.eml/a.txt": b"uno",
    }


def test_there_are_limits_on_all_that_lies_inside(monkeypatch):
    many = zipped({f"{number}.txt": b"x" for number in range(MAX_MEMBERS + 5)})
    assert told(many) == [("100.txt", "count")]
    assert told(zipped({"a.zip": many, "b.zip": many})) == [("a.zip/100.txt", "count")]
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 1000)
    assert told(zipped({"a.zip": zipped({"a": b"x" * 600}), "b.zip": zipped({"b": b"x" * 600})})) == [
        ("b.zip/b", "size")
    ]


def test_a_bomb_is_not_unpacked():
    bomb = zipped({"a.txt": b"\0" * 40 * 1024**2})
    with pytest.raises(RefusedError) as refused:
        opened(bomb)
    assert refused.value.problems[0].variant == "ratio"
    assert opened(zipped({"b.zip": bomb, "a.txt": b"uno"})) == {"b.zip": "ratio", "a.txt": b"uno"}
    # A directory that lies about sizes gives no more than it says.
    lying = bomb.replace(struct.pack("<I", 40 * 1024**2), struct.pack("<I", 10))
    assert opened(lying) == {"a.txt": "damaged"}


def test_where_the_process_ends_the_last_file_tells_why():
    with tempfile.TemporaryFile() as file:
        file.write(zipped({"a.txt": b"uno"}))
        (member,) = members_of(file, FileKind.ZIP, ReaderLimits(wall_seconds=0))
    assert (member.number, member.problem.variant) == (1, "stopped")


class TestMail:
    def test_its_text_and_its_files_are_read_and_its_headers_are_not(self):
        content = mail_of("Adjunto el contrato.", {"contrato.csv": b"a;b\n1;2\n", "año.txt": b"dos"})
        found = opened(content)
        assert found == {"": b"Adjunto el contrato.", "contrato.csv": b"a;b\n1;2\n", "año.txt": b"dos"}
        assert not any(name.encode() in part for name in NAMED for part in found.values())

    def test_of_a_text_told_twice_the_plain_one_is_read(self):
        assert opened(mail_of("Plano", html="<p>Con formato</p>")) == {"": b"Plano"}
        assert opened(mail_of("\n", html="<p>Con formato</p>")) == {"": b"Con formato"}

    def test_a_mail_that_was_forwarded_as_a_file_loses_its_headers_too(self):
        inner = mail_of("Dentro").decode().replace("\n", "\r\n")
        outer = (
            "From: x <x@example.org>\r\nSubject: y\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
            f"{inner}\r\n--b--\r\n"
        )
        assert opened(outer.encode()) == {"1/": b"Dentro"}

    @pytest.mark.parametrize(("size", "is_read"), [(100, False), (MAX_LOGO_BYTES, True)])
    def test_logos_are_left_out_and_photos_in_the_text_are_read(self, size, is_read):
        picture = b"\x89PNG\r\n\x1a\n".ljust(size, b"x")
        content = (
            b"From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
            b"--b\nContent-Type: text/html\n\n<p>Hola <img src='cid:1'></p>\n"
            b"--b\nContent-Type: image/png; name=p.png\nContent-ID: <1>\nContent-Disposition: inline\n"
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(picture) + b"\n"
            b"--b--\n"
        )
        assert opened(content) == {"": b"Hola", "p.png": picture if is_read else "logo"}

    @pytest.mark.parametrize(
        "content",
        [
            b"From: a\nTo: b\nSubject: c\n" + b"X: " + b"y" * 5_000_000 + b"\n\nHola",
            b"From: a\nTo: b\nSubject: c\n" + b"X: y\n" * 500_000 + b"\nHola",
            b"From: a\nTo: b\nSubject: =?x-nothing?q?=41?=\nContent-Type: text/plain; charset=x-nothing\n\nHola",
        ],
        ids=["a huge header", "many headers", "unknown encodings"],
    )
    def test_headers_of_any_size_cost_little(self, content):
        assert opened(content) == {"": b"Hola"}

    def test_one_that_nests_without_end_is_reported(self):
        head = b"From: a\nTo: b\nSubject: c\n"
        parts = b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(3000)
        )
        assert opened(head + parts)[""] == "damaged"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Mirá esto:\n\nDe: Ana <ana@x.example>\nEnviado: lunes\nPara: Luz\nAsunto: c\n\nCámaras",
            "Mirá esto:\n\n[…]\n\nCámaras",
        ),
        (
            "---- Forwarded message ----\n*From:* Ana\n*Date:* Mon\n*To:* Luz,\n Eva\n\nHello",
            "---- Forwarded message ----\n[…]\n\nHello",
        ),
        ("Sí.\n\nEl lun, 3 mar 2025 a las 10:00, Ana (<ana@x.example>) escribió:\n> Cámaras", "Sí.\n\n[…]\n> Cámaras"),
        ("Sim.\nEm seg., 3 de mar. de 2025, Ana Souza\n<ana@x.example> escreveu:\n> Câmeras", "Sim.\n[…]\n> Câmeras"),
        ("Fecha: 3 de marzo\nPara: la municipalidad\nMonto: 5", "Fecha: 3 de marzo\nPara: la municipalidad\nMonto: 5"),
    ],
)
def test_heads_of_earlier_mails_are_left_out(text, kept):
    assert without_quoted_headers(text) == kept


def test_a_page_gives_what_it_shows():
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>Uno&nbsp;&amp; dos<br>tres</p>"
        "<table><tr><td>a</td><td>b</td></tr></table><script>x</script>"
    )
    assert text_of_html(page).split() == ["Uno", "&", "dos", "tres", "a", "b"]
    assert "a\tb" in text_of_html(page)


def test_a_mail_without_any_text_gives_its_files_alone():
    assert [part.name for part in parts_of(mail_of("", {"a.txt": b"x"}))] == ["a.txt"]
