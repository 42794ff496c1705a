"""
What stands in front of an installation and speaks TLS, for clients that speak nothing else.

It keeps `Host`, says in `X-Forwarded-*` who asked and how, and shows a certificate of an authority
of its own, which clients are told to trust.
"""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST: Final = "127.0.0.1"
SECONDS_TO_ANSWER: Final = 60
# Tests may believe that it is another year.
VALID_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL: Final = datetime(2045, 1, 1, tzinfo=UTC)
_OF_THE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True)
class TlsProxy:
    """A running proxy: the domain that it answers for, and whom to trust for that."""

    domain: str
    ca_file: Path

    def environment(self) -> dict[str, str]:
        """What makes clients trust it: Python's TLS, requests, and Node."""
        path = str(self.ca_file)
        return {
            "SSL_CERT_FILE": path,
            "REQUESTS_CA_BUNDLE": path,
            "NODE_EXTRA_CA_CERTS": path,
        }


@contextmanager
def tls_proxy(upstream: str, *, folder: Path) -> Iterator[TlsProxy]:
    """Speak TLS in front of an address until the block is left."""
    certificate, key = _make_certificate(folder)
    target = urlsplit(upstream).netloc

    class Handler(_Handler):
        upstream = target

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # The handshake is each thread's own business: nobody waits for another's.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield TlsProxy(domain=f"{HOST}:{server.server_port}", ca_file=certificate)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Passes one request on, and its answer back. Each connection carries one."""

    upstream: str

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        connection = http.client.HTTPConnection(self.upstream, timeout=SECONDS_TO_ANSWER)
        try:
            connection.request(self.command, self.path, body=body, headers=self._forwarded())
            response = connection.getresponse()
            self._answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on

    def _forwarded(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in _OF_THE_CONNECTION
        }
        return kept | {
            "X-Forwarded-For": str(self.client_address[0]),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": self.headers.get("Host", ""),
        }

    def _answer(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _OF_THE_CONNECTION | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: who calls sees what is answered."""


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate that signed itself, and its key; return where they are."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests of Tallybook")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(IPv4Address(HOST))]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "tls.crt", folder / "tls.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file
