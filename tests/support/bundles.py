"""E-mails and locked ZIPs as people send them."""

import io
import zipfile
from email.message import EmailMessage

# What the headers of a mail tell of people; none of it may be read anywhere.
NAMED = ("Ana Remitente", "ana@remite.example", "Luz Destino", "luz@destino.example", "203.0.113.9")


def locked(content: bytes, *names: str) -> bytes:
    """Return a ZIP whose directory says that some files of it, or all, are encrypted."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chosen = {name.encode() for name in (names or archive.namelist())}
    for mark, flags, at_name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = changed.find(mark)
        while at >= 0:
            length = int.from_bytes(changed[at + at_name - (4 if mark[2] == 3 else 18) :][:2], "little")
            if bytes(changed[at + at_name : at + at_name + length]) in chosen:
                changed[at + flags] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def mail_of(text: str, files: dict[str, bytes] | None = None, *, html: str = "") -> bytes:
    """Return an e-mail whose headers name people, with files attached."""
    mail = EmailMessage()
    mail["Received"] = f"from laptop ({NAMED[4]}) by mx.example; Mon, 3 Mar 2025 10:00:00 -0300"
    mail["From"] = f"{NAMED[0]} <{NAMED[1]}>"
    mail["To"] = f"{NAMED[2]} <{NAMED[3]}>"
    mail["Subject"] = "contrato"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()
