"""The sandbox as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import requests
import stripe

from billing.sandbox.origins import is_meant
from config.env import PROJECT_FOLDER
from tests.sandbox.asking import KEY

PATIENCE = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(file: Path, port: int, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "billing.sandbox", "--file", str(file), "--port", str(port)],
        cwd=PROJECT_FOLDER,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def ask(port: int, method: str, path: str, **form: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {
        "Authorization": f"Bearer {KEY}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    try:
        # What is too large is refused before all of it is sent.
        with suppress(BrokenPipeError):
            connection.request(method, path, body=urlencode(form), headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if ask(port, "GET", "/_sandbox/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("The sandbox did not become ready.")


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A running sandbox, which must end cleanly when it is told to."""
    port = free_port()
    with start(tmp_path / "state" / "sandbox.sqlite", port) as process:
        try:
            wait_until_ready(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


@pytest.fixture
def client(port: int) -> Iterator[stripe.StripeClient]:
    with requests.Session() as session:
        yield stripe.StripeClient(
            KEY,
            base_addresses={"api": f"http://127.0.0.1:{port}"},
            http_client=stripe.RequestsClient(session=session),
            max_network_retries=0,
        )


def test_stripes_client_talks_to_it_over_http(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Ada & Ω", "metadata": {"a b": "c/d"}})

    found = client.v1.customers.retrieve(customer.id)

    assert found.name == "Ada & Ω"
    assert found.metadata and found.metadata.to_dict() == {"a b": "c/d"}
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.retrieve("cus_gone")


def test_a_lost_answer_breaks_the_connection_and_keeps_the_effect(
    client: stripe.StripeClient, port: int
) -> None:
    ask(port, "POST", "/_sandbox/faults", timeout_after="100")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({"name": "Acme"})
    ask(port, "POST", "/_sandbox/faults", timeout_after="0")

    assert [customer.name for customer in client.v1.customers.list().data] == ["Acme"]


def test_webhooks_leave_by_themselves(port: int) -> None:
    arrived: list[tuple[str, bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append((self.headers["Stripe-Signature"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        Thread(target=receiver.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{receiver.server_port}/hook?from=stripe"
        ask(port, "POST", "/v1/webhook_endpoints", **{"url": url, "enabled_events[0]": "*"})
        ask(port, "POST", "/v1/customers", name="Acme")
        deadline = time.monotonic() + PATIENCE
        while not arrived and time.monotonic() < deadline:
            time.sleep(0.02)

    signature, body = arrived[0]
    assert json.loads(body)["type"] == "customer.created"
    assert signature.startswith("t=")


def test_a_request_that_is_too_large_is_refused(port: int) -> None:
    status, _ = ask(port, "POST", "/v1/customers", name="a" * (1024 * 1024))

    assert status == 413


def test_a_website_whose_name_leads_to_this_machine_is_turned_away(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {KEY}", "Host": f"rebound.example:{port}"}
    connection.request("GET", "/v1/customers", headers=headers)

    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (421, b"No such host is served here.\n")
    connection.close()


@pytest.mark.parametrize(
    ("host", "is_for_us"),
    [
        ("", True),
        ("127.0.0.1:12111", True),
        ("[::1]:12111", True),
        ("192.168.1.5", True),
        ("localhost:12111", True),
        ("stripe.localhost", True),
        ("billing.example:8443", True),
        ("rebound.example", False),
        ("127.0.0.1.rebound.example", False),
        ("billing.example.rebound.example", False),
        ("[", False),
    ],
)
def test_a_request_is_meant_for_numbers_this_machine_and_its_own_name(
    host: str,
    is_for_us: bool,  # noqa: FBT001 - the two columns of a table
) -> None:
    assert is_meant(host, url="https://billing.example") is is_for_us


def test_it_does_not_start_beside_a_live_key(tmp_path: Path) -> None:
    key = "sk_" + "live_" + "a" * 24

    with start(tmp_path / "sandbox.sqlite", free_port(), STRIPE_SECRET_KEY=key) as process:
        output, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert b"live key" in output and key.encode() not in output
