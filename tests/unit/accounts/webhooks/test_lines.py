"""A line to an endpoint leads where it was checked to lead, and is cut when it takes too long."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from accounts.webhooks import addresses, lines
from accounts.webhooks.addresses import read_url
from accounts.webhooks.answers import Answer
from accounts.webhooks.lines import Line
from accounts.webhooks.messages import Message
from accounts.webhooks.switchboard import Switchboard
from tests.factories.accounts import NOON
from tests.support.receiver import Handler, Receiver, hang, receiver, status

MESSAGE = Message(headers={"webhook-id": "evt_1"}, body=b"{}")


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are cut after a part of a second."""
    monkeypatch.setattr(lines, "TOTAL_SECONDS", 0.3)


def post(url: str, *, count: int = 1) -> list[Answer]:
    """What is answered to so many messages at once."""
    with Switchboard(url, clock=lambda: NOON) as switchboard:
        return [exchange.answer for exchange in switchboard.post([MESSAGE] * count)]


def test_an_answer_is_read_with_its_beginning(hooks: Receiver) -> None:
    hooks.reply = status(202, b"thank you")
    assert post(hooks.url) == [Answer(status_code=202, excerpt="thank you")]


def test_a_connection_is_kept_for_the_next_message(hooks: Receiver) -> None:
    with Switchboard(hooks.url, clock=lambda: NOON) as switchboard:
        for _ in range(3):
            switchboard.post([MESSAGE])
    assert len({heard.connection for heard in hooks.heard}) == 1


def test_a_connection_that_the_other_side_ended_is_made_anew(hooks: Receiver) -> None:
    hooks.reply = status(200, b"", connection="close")
    with Switchboard(hooks.url, clock=lambda: NOON) as switchboard:
        answers = [switchboard.post([MESSAGE])[0].answer.status_code for _ in range(3)]
    assert answers == [200, 200, 200]
    assert len({heard.connection for heard in hooks.heard}) == 3


def test_a_connection_that_was_dropped_without_a_word_is_made_anew(hooks: Receiver) -> None:
    def answer_and_leave(handler: Handler) -> None:
        handler.answer(200)
        handler.close_connection = True

    hooks.reply = answer_and_leave
    with Switchboard(hooks.url, clock=lambda: NOON) as switchboard:
        answers = []
        for _ in range(3):
            answers.append(switchboard.post([MESSAGE])[0].answer.status_code)
            time.sleep(0.05)
    assert answers == [200, 200, 200]


def test_messages_go_out_side_by_side(hooks: Receiver) -> None:
    def wait_for_all(handler: Handler) -> None:
        hooks.wait_for(4)
        handler.answer(204)

    hooks.reply = wait_for_all
    assert post(hooks.url, count=4) == [Answer(status_code=204)] * 4


@pytest.mark.usefixtures("hasty")
def test_who_does_not_answer_is_cut_off(hooks: Receiver) -> None:
    hooks.reply = hang
    [answer] = post(hooks.url)
    assert answer == Answer.failed("There was no complete answer within 0.3 seconds.")


@pytest.mark.usefixtures("hasty")
def test_the_reason_is_the_same_when_the_socket_gives_up_first(
    hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Line, "_cut", lambda line: None)
    hooks.reply = hang
    [answer] = post(hooks.url)
    assert answer == Answer.failed("There was no complete answer within 0.3 seconds.")


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n"])
def test_who_answers_a_byte_at_a_time_is_cut_off(hooks: Receiver, first: bytes) -> None:
    def drip(handler: Handler) -> None:
        handler.wfile.write(first)
        for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 9_000:
            if hooks.released.wait(0.02):
                return
            handler.wfile.write(bytes([byte]))

    hooks.reply = drip
    [answer] = post(hooks.url)
    assert answer == Answer.failed("There was no complete answer within 0.3 seconds.")


BROKEN_OFF = Answer.failed("The connection ended before there was a complete answer.")


@pytest.mark.parametrize(
    ("first", "answered"),
    [
        (b"\r\n", Answer(status_code=200, excerpt="z" * 1024)),
        (b"transfer-encoding: chunked\r\n\r\n-1\r\n", BROKEN_OFF),
    ],
)
def test_an_answer_without_end_is_read_for_a_while(
    hooks: Receiver, first: bytes, answered: Answer
) -> None:
    written: list[int] = []

    def pour(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + first)
        while not hooks.released.is_set():
            written.append(handler.wfile.write(b"z" * 65_536))

    hooks.reply = pour
    [answer] = post(hooks.url)
    assert answer == answered
    assert sum(written) < 64 * 1024 * 1024


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 99_999 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nabc",
    ],
)
def test_who_does_not_speak_http_has_not_answered(hooks: Receiver, said: bytes) -> None:
    def say(handler: Handler) -> None:
        handler.wfile.write(said)
        handler.close_connection = True

    hooks.reply = say
    [answer] = post(hooks.url)
    assert answer == BROKEN_OFF


def test_where_nobody_listens_the_connection_is_refused(hooks: Receiver) -> None:
    with receiver() as gone:
        url = gone.url
    assert post(url, count=4) == [Answer.failed("The connection was refused.")] * 4


# --- addresses ------------------------------------------------------------------------------------


def test_a_name_is_looked_up_once_for_all_lines(
    hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    monkeypatch.setattr(addresses, "look_up", lambda host: answers.pop(0))
    url = f"http://hooks.example.com:{hooks.port}/in"
    assert post(url, count=4) == [Answer(status_code=204)] * 4
    assert {heard.headers["host"] for heard in hooks.heard} == {f"hooks.example.com:{hooks.port}"}
    assert len(answers) == 1


def test_a_name_that_leads_inside_by_now_is_not_followed(
    hooks: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    monkeypatch.setattr(addresses, "look_up", lambda host: answers.pop(0))
    url = f"https://hooks.example.com:{hooks.port}/in"
    assert addresses.check_url(url) == url
    assert post(url) == [Answer.failed("hooks.example.com has no public address.")]
    assert hooks.heard == []


def test_no_proxy_of_the_environment_is_used(
    hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1099")
    assert post(hooks.url) == [Answer(status_code=204)]


# --- certificates ---------------------------------------------------------------------------------


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for hooks.example.com and 127.0.0.1, from somebody who is trusted."""
    file = write_certificate(tmp_path / "good.pem", ends=datetime.now(UTC) + timedelta(days=1))
    trusted = ssl.create_default_context(cafile=file)
    monkeypatch.setattr(lines, "trust", lambda: trusted)
    return file


def write_certificate(file: Path, *, ends: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example.com")])
    hosts = x509.SubjectAlternativeName(
        [x509.DNSName("hooks.example.com"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=2))
        .not_valid_after(ends)
        .add_extension(hosts, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def serving(file: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("host", ["hooks.example.com", "127.0.0.1"])
def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(
    certified: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda host: ["127.0.0.1"])
    with receiver(certificate=serving(certified)) as hooks:
        assert post(f"https://{host}:{hooks.port}/", count=2) == [Answer(status_code=204)] * 2


def test_a_certificate_of_another_host_is_not_accepted(
    certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda host: ["127.0.0.1"])
    with receiver(certificate=serving(certified)) as hooks:
        [answer] = post(f"https://other.example.com:{hooks.port}/")
        assert hooks.heard == []
    assert answer.error == (
        "The certificate cannot be trusted: Hostname mismatch, certificate is not valid for "
        "'other.example.com'."
    )


def test_a_certificate_of_somebody_unknown_is_not_accepted(certified: Path, tmp_path: Path) -> None:
    own = write_certificate(tmp_path / "own.pem", ends=datetime.now(UTC) + timedelta(days=1))
    with receiver(certificate=serving(own)) as hooks:
        [answer] = post(f"https://127.0.0.1:{hooks.port}/")
        assert hooks.heard == []
    assert answer.error.startswith("The certificate cannot be trusted: self")


def test_a_certificate_that_has_expired_is_not_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = write_certificate(tmp_path / "old.pem", ends=datetime.now(UTC) - timedelta(minutes=5))
    trusted = ssl.create_default_context(cafile=old)
    monkeypatch.setattr(lines, "trust", lambda: trusted)
    with receiver(certificate=serving(old)) as hooks:
        [answer] = post(f"https://127.0.0.1:{hooks.port}/")
        assert hooks.heard == []
    assert answer.error == "The certificate cannot be trusted: certificate has expired."


def test_who_does_not_encrypt_is_not_spoken_to(hooks: Receiver) -> None:
    [answer] = post(f"https://127.0.0.1:{hooks.port}/")
    assert answer.error.startswith("No encrypted connection: ")
    assert hooks.heard == []


def test_our_trust_is_that_of_the_machine_and_checks_names() -> None:
    trusted = lines.trust()
    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_line_that_was_never_used_can_be_closed() -> None:
    Line(read_url("http://127.0.0.1:1099/"), address="127.0.0.1").close()
