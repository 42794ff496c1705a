"""What holds for every page: who may post, what a browser may do, and that text stays text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing.sandbox import Sandbox
from billing.sandbox.pages.html import Markup, join, tag
from billing.sandbox.pages.pdf import Line, pdf
from billing.sandbox.pages.wording import money, span
from tests.sandbox.asking import Client
from tests.sandbox.selling import paid_session, sell, session_for, typed
from tests.sandbox.visiting import HERE, Visitor, text_of

BANNER = "Sandbox - this is not Stripe, no money moves"
HOSTILE = '<script>alert("x")</script>\'&'


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


@pytest.fixture
def addresses(client: Client, visitor: Visitor) -> list[str]:
    """One page of every kind."""
    done = paid_session(client, visitor)
    opened = session_for(client, sell(client)["id"])
    portal = client.post("/v1/billing_portal/sessions", customer=done["customer"])["url"]
    event = client.events()[0]["id"]
    return [
        f"/c/pay/{opened['id']}",
        f"/c/pay/{done['id']}",
        portal,
        f"{portal}/cards",
        f"{portal}/details",
        f"{portal}/subscriptions/{done['subscription']}/cancel",
        f"/i/{done['invoice']}",
        "/time",
        "/events",
        f"/events/{event}",
        "/faults",
        "/i/in_of_nobody",
    ]


def test_every_page_says_that_it_is_not_stripe(visitor: Visitor, addresses: list[str]) -> None:
    for address in addresses:
        assert BANNER in text_of(visitor.open(address)), address


def test_no_page_may_run_a_script_be_framed_or_be_kept(
    visitor: Visitor, addresses: list[str]
) -> None:
    for address in addresses:
        answer = visitor.open(address)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src data:")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        html = answer.body.decode()
        assert "<script" not in html
        assert " style=" not in html


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": HERE["Origin"]},
        {"Sec-Fetch-Site": "cross-site", "Origin": HERE["Origin"]},
    ],
)
def test_a_post_from_elsewhere_changes_nothing(
    client: Client, visitor: Visitor, headers: dict[str, str]
) -> None:
    session = session_for(client, sell(client)["id"])

    answer = visitor.submit(session["url"], typed(), headers=headers)

    assert answer.status == 403
    assert client.get(f"/v1/checkout/sessions/{session['id']}")["status"] == "open"
    assert visitor.submit("/faults", {"do": "off"}, headers=headers).status == 403
    # A knob may be turned by what is no browser; by another site's page it may not.
    assert visitor.submit("/_sandbox/faults", {}, headers=headers).status == (
        403 if headers else 200
    )


def test_what_people_type_is_shown_as_they_typed_it(client: Client, visitor: Visitor) -> None:
    price = sell(client, name=HOSTILE)["id"]
    customer = client.post("/v1/customers", name=HOSTILE, email="alice@acme.example")["id"]
    session = session_for(
        client, price, customer=customer, custom_text={"submit": {"message": HOSTILE}}
    )
    portal = client.post("/v1/billing_portal/sessions", customer=customer)["url"]
    clock = client.post("/v1/test_helpers/test_clocks", frozen_time=1780315200, name=HOSTILE)

    for address in (session["url"], portal, f"{portal}/details", "/time"):
        answer = visitor.open(address)
        assert "<script" not in answer.body.decode()
        assert HOSTILE in text_of(answer) or "&lt;script&gt;" in answer.body.decode()
    assert clock["name"] == HOSTILE
    wrong = visitor.submit(session["url"], typed("1", name=HOSTILE, expiry=HOSTILE))
    assert wrong.status == 402
    assert "<script" not in wrong.body.decode()


def test_markup_is_only_what_the_pages_wrote() -> None:
    inner = tag("b", "<i>", title='"')

    assert inner == '<b title="&quot;">&lt;i&gt;</b>'
    assert tag("p", inner, None, ["a", ["&"]], hidden=True, id=None) == (
        f"<p hidden>{inner}a&amp;</p>"
    )
    assert isinstance(join("a", inner), Markup)
    assert tag("input", type="text", aria_label="x") == '<input type="text" aria-label="x">'


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123450, "usd", "$1,234.50"),
        (-5, "eur", "-€0.05"),
        (123450, "jpy", "¥123,450"),
        (100, "chf", "CHF 1.00"),
    ],
)
def test_amounts_are_written_as_people_read_them(amount: int, currency: str, text: str) -> None:
    assert money(amount, currency) == text


def test_a_period_of_one_day_is_that_day() -> None:
    noon = int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp())

    assert span(noon, noon + 60) == "1 Jun 2026"
    assert span(noon, noon + 86400) == "1 Jun 2026 to 2 Jun 2026"


def test_a_document_has_as_many_pages_as_it_takes() -> None:
    short = pdf([Line("Invoice (1) \\ )", "$1.00")], title="A")
    long = pdf(
        [Line(f"Line {number} " + "word " * 40, "$1.00") for number in range(200)], title="B"
    )

    assert short.startswith(b"%PDF-1.4\n")
    assert short.endswith(b"%%EOF\n")
    assert (short.count(b"/Type /Page "), long.count(b"/Type /Page ")) == (1, 13)
    # The table at the end tells where each object begins.
    place = int(long.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    entries = long[place:].split(b"\n")[3:]
    offsets = [int(entry[:10]) for entry in entries if entry.endswith(b"n ")]
    for number, offset in enumerate(offsets, start=1):
        assert long[offset:].startswith(b"%d 0 obj\n" % number)


def test_the_style_sheet_is_served(visitor: Visitor) -> None:
    answer = visitor.open("/_sandbox/style.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert b"prefers-color-scheme" not in answer.body
    assert b"light-dark(" in answer.body


def test_an_event_is_delivered_again_by_hand(
    sandbox: Sandbox, client: Client, visitor: Visitor
) -> None:
    client.post("/v1/webhook_endpoints", url="https://portal.example/", enabled_events=["*"])
    client.post("/v1/customers", email="alice@acme.example")
    event = client.events("customer.created")[0]["id"]
    sandbox.run_due()
    assert "arrived" in visitor.read(f"/events/{event}")

    again = visitor.submit(f"/events/{event}/resend", {})
    delivered = sandbox.deliver()

    assert again.headers["Location"] == f"/events/{event}"
    assert delivered == 1
    assert visitor.read(f"/events/{event}").count("arrived") == 2
    assert "customer.created" in visitor.read("/events?type=customer.")
    assert "The latest 0 of" not in visitor.read("/events")


def test_knobs_are_turned_on_their_page(sandbox: Sandbox, visitor: Visitor) -> None:
    names = "duplicate reorder delay drop too_many_requests server_error".split()
    fields = dict.fromkeys([*names, "timeout_before", "timeout_after"], "0")

    turned = visitor.submit("/faults", {**fields, "drop": "25", "delay_seconds": "60", "do": "set"})

    assert turned.status == 303
    assert (sandbox.faults.knobs.drop, sandbox.faults.knobs.delay_seconds) == (25, 60)
    for value in ("101", "-1", "x", "", "9" * 40):
        refused = visitor.submit("/faults", {**fields, "drop": value, "delay_seconds": "60"})
        assert refused.status == 400
    assert sandbox.faults.knobs.drop == 25
    visitor.submit("/faults", {"do": "off"})
    assert sandbox.faults.knobs.drop == 0
