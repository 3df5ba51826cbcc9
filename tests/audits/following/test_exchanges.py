"""An exchange with a webhook ends in time, however it is drawn out."""

import socket
import ssl
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from audits.following import webhooks

HOST = "newsroom.example"
ANSWER = b"HTTP/1.1 204 No Content\r\nServer: one that takes its time\r\n\r\n"


@pytest.fixture
def certificate(tmp_path):
    """The file of a key and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = timezone.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def receiver(certificate, monkeypatch):
    """A receiver that sends its answer as it is told to; `receiver(seconds)` of rest after each byte, 0: at once."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    monkeypatch.setattr(webhooks, "judged_address", lambda _host, _port: listener.getsockname())

    def answer(rest):
        plain, _address = listener.accept()
        # Who posted has gone, as is to be; on a busy machine before the two have greeted each other.
        with suppress(OSError), plain, server.wrap_socket(plain, server_side=True) as connection:
            connection.recv(65_536)
            for byte in ANSWER:
                connection.send(bytes([byte]))
                if over.wait(rest):
                    return
            over.wait()

    threads = []

    def begin(rest):
        threads.append(threading.Thread(target=answer, args=[rest]))
        threads[-1].start()

    yield begin
    over.set()
    listener.close()
    for thread in threads:
        thread.join()


def test_an_answer_that_comes_is_read(receiver):
    receiver(0)
    assert webhooks.send(f"https://{HOST}/", b"{}", {}) == 204


def test_an_answer_byte_by_byte_has_no_more_time(receiver, monkeypatch):
    monkeypatch.setattr(webhooks, "SECONDS", 1)
    receiver(0.05)
    with pytest.raises(webhooks.NotDeliveredError, match="TimeoutError"):
        webhooks.send(f"https://{HOST}/", b"{}", {})
