"""The ledger of the usage page: its filter, and the same part of it as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.models import Agreement
from billing.usage.operations import report_usage
from metering.queries import LedgerFilter, LedgerRow, list_ledger
from metering.usage.rollups import fill_rollups
from portal.web.presenters import ledger_csv
from tests.factories.accounts import make_api_key
from tests.factories.catalog import ArticleCatalog
from tests.factories.metering import grant, report, reverse

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of

AT_NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)


@pytest.fixture
def key(acme: Organization, agreement: Agreement) -> str:
    """The key with which Acme's app reported something."""
    issued = make_api_key(acme, name="Nightly job").api_key
    report_usage(
        organization_id=acme.pk,
        reports=[report("nightly", 5, at=AT_NOON, member="ann")],
        api_key_id=issued.pk,
        received_at=AT_NOON,
    )
    return issued.public_id


@pytest.fixture
def books(use: ReportAction, key: str) -> None:
    """Reports of two members and of nobody, and one event by a key."""
    use("e1", 1, action="GENERATE_REPORT", at=ON_THE_15TH, member="ann")
    use("e2", 2, action="SUMMARIZE_SHORT", at=ON_THE_15TH + timedelta(days=3), member="bob")
    use("e3", 3, at=NOW)


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    """The CSV behind the page with this address."""
    response: Any = client.get(f"/usage/ledger.csv{query}")
    assert response.status_code == 200
    assert response.streaming
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def events_of(client: Client, query: str = "") -> list[str]:
    """The events in the CSV, the last booked first."""
    return [row["event"] for row in rows_of(client, query) if row["event"]]


@pytest.mark.parametrize(
    ("query", "events"),
    [
        ("", ["e3", "e2", "e1", "nightly"]),
        ("?action=GENERATE_REPORT", ["e1"]),
        ("?action=-", ["e3", "nightly"]),
        ("?member=ann", ["e1", "nightly"]),
        ("?member=-", ["e3"]),
        ("?key={key}", ["nightly"]),
        ("?key=-", ["e3", "e2", "e1"]),
        ("?kind=overage", []),
        ("?since=2026-09-16", ["e3", "e2", "nightly"]),
        ("?until=2026-09-15", ["e1"]),
        ("?since=2026-09-16&until=2026-09-18&member=ann", ["nightly"]),
        ("?period=20260910T080000Z&member=bob", ["e2"]),
    ],
)
@pytest.mark.parametrize("is_filled", [True, False])
def test_the_page_and_its_csv_show_the_same_part(
    alice: User,
    acme: Organization,
    books: None,
    key: str,
    sign_in: SignIn,
    query: str,
    events: list[str],
    *,
    is_filled: bool,
) -> None:
    if is_filled:
        fill_rollups(organization_id=acme.pk)
    client, address = sign_in(alice), query.format(key=key)
    assert events_of(client, address) == events
    ledger = part_of(client.get(f"/usage/{address}"), "ledger-title")
    assert [one for one in ("e1", "e2", "e3", "nightly") if f" {one} " in ledger] == sorted(events)


def test_the_csv_button_leads_to_the_filter_that_is_shown(
    alice: User, books: None, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(
        "/usage/?member=ann&since=2026-09-15&by=member&sort=name&before=999999"
    )
    assert b'href="/usage/ledger.csv?member=ann&amp;since=2026-09-15"' in page.content
    assert b'<option value="" selected>All</option>' in page.content


def test_nothing_like_that_is_said_and_can_be_cleared(
    alice: User, books: None, sign_in: SignIn
) -> None:
    page = sign_in(alice).get("/usage/?member=nobody")
    assert part_of(page, "ledger-title").endswith("Nothing in the ledger is like that.")
    assert b'href="?#ledger">Clear</a>' in page.content


def test_a_line_of_the_csv_has_the_fields_of_the_api_and_the_local_time(
    alice: User, acme: Organization, catalog: ArticleCatalog, key: str, sign_in: SignIn
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="Europe/Berlin")
    [nightly, issued] = rows_of(sign_in(alice))
    [row, allowance] = list_ledger(organization_id=acme.pk, meter_id=catalog.meter.pk, limit=10)
    assert nightly == {
        "id": str(row.id),
        "occurred_at": "2026-09-16T12:00:00Z",
        "occurred_at_local": "2026-09-16T14:00:00+02:00",
        "recorded_at": row.recorded_at.isoformat().replace("+00:00", "Z"),
        "kind": "consume",
        "amount": "-5",
        "event": "nightly",
        "action": "",
        "member": "ann",
        "api_key": key,
        "credit_grant": row.grant,
        "category": "allowance",
        "from_grant": "",
        "hold": "",
        "late": "false",
        "reversed": "false",
    }
    assert (issued["amount"], issued["credit_grant"]) == ("5000", allowance.grant)


def test_the_csv_says_what_the_api_says(
    alice: User, acme: Organization, catalog: ArticleCatalog, books: None, sign_in: SignIn
) -> None:
    grant(acme, catalog.meter, 30, effective_at=ON_THE_15TH)
    reverse(acme, "e1", at=NOW)
    answer = Client().get(
        "/api/v1/ledger?feature=ai_credits&page_size=100",
        headers={"authorization": f"Bearer {make_api_key(acme).secret}"},
    )
    written = rows_of(sign_in(alice))
    assert len(written) == 7
    for row, entry in zip(written, answer.json()["data"], strict=True):
        assert {
            name: row[name] for name in entry if name not in ("occurred_at", "recorded_at")
        } == {
            name: {None: "", True: "true", False: "false"}.get(value, value)
            for name, value in entry.items()
            if name not in ("occurred_at", "recorded_at")
        }
        for name in ("occurred_at", "recorded_at"):
            assert datetime.fromisoformat(row[name]) == datetime.fromisoformat(entry[name])


def test_late_and_reversed_usage_is_marked_where_it_counts(
    alice: User, acme: Organization, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    use("in-time", 1, at=ON_THE_15TH)
    received_at = datetime(2026, 10, 12, 11, tzinfo=UTC)
    clock.move_to(received_at + timedelta(hours=1))
    report_usage(
        organization_id=acme.pk,
        reports=[report("late", 2, at=ON_THE_15TH), report("sorry", 3, at=received_at)],
        api_key_id=None,
        received_at=received_at,
    )
    reverse(acme, "sorry", at=received_at)
    client = sign_in(alice)
    assert [
        (row["kind"], row["event"], row["late"], row["reversed"])
        for row in rows_of(client, "?period=20261010T080000Z")
        if row["event"]
    ] == [
        ("reverse", "sorry", "false", "false"),
        ("consume", "sorry", "false", "true"),
        ("consume", "late", "true", "false"),
    ]
    assert events_of(client, "?period=previous") == ["in-time"]
    by_action = part_of(client.get("/usage/"), "breakdown-title")
    assert by_action.endswith("Reported directly 2 2 100 %")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ('=HYPERLINK("//evil")', '\'=HYPERLINK("//evil")'),
    ],
)
def test_what_an_app_reports_is_never_a_formula(
    alice: User, use: ReportAction, sign_in: SignIn, text: str, written: str
) -> None:
    use("e1", 1, at=ON_THE_15TH, member=text)
    [row, _allowance] = rows_of(sign_in(alice))
    assert (row["member"], row["amount"]) == (written, "-1")


def test_a_long_ledger_is_read_piece_by_piece_without_a_gap(
    alice: User, use: ReportAction, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_csv, "ROWS_AT_ONCE", 4)
    for number in range(9):
        use(f"e{number}", 1, at=ON_THE_15TH + timedelta(minutes=number), member="ann")
    client = sign_in(alice)
    expected = [f"e{number}" for number in reversed(range(9))]
    assert events_of(client) == expected
    assert events_of(client, "?member=ann") == expected


def test_no_more_is_read_than_is_written(
    acme: Organization, catalog: ArticleCatalog, use: ReportAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        use(f"e{number}", 1, at=ON_THE_15TH + timedelta(minutes=number))
    reads: list[int | None] = []

    def count(**asked: Any) -> list[LedgerRow]:
        reads.append(asked["before_id"])
        return list_ledger(**asked)

    monkeypatch.setattr(ledger_csv, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(ledger_csv, "list_ledger", count)
    lines = ledger_csv.ledger_csv_lines(
        organization_id=acme.pk,
        meter_id=catalog.meter.pk,
        only=LedgerFilter(),
        zone=ZoneInfo("UTC"),
    )
    seen = [len(reads) for _line in lines]
    # The heading, five events and the allowance, two rows at a time.
    assert seen == [0, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("day", "events"),
    [
        # The night to 25 October has an hour twice, that to 29 March 2027 lacks one.
        ("2026-10-24", ["before"]),
        ("2026-10-25", ["last", "second-two", "first-two", "midnight"]),
        ("2026-10-26", ["after"]),
    ],
)
def test_the_days_of_the_filter_are_those_of_the_zone(
    alice: User,
    acme: Organization,
    use: ReportAction,
    sign_in: SignIn,
    clock: Clock,
    day: str,
    events: list[str],
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="Europe/Berlin")
    for event_id, at in (
        ("before", datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)),
        ("midnight", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("first-two", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("second-two", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("last", datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
        ("after", datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ):
        use(event_id, 1, at=at)
    clock.move_to(datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert events_of(sign_in(alice), f"?since={day}&until={day}") == events


def test_strangers_and_visitors_get_no_line_of_it(
    client: Client, charlie: User, bob: User, books: None, sign_in: SignIn
) -> None:
    assert client.get("/usage/ledger.csv")["location"].startswith("/account/login/")
    assert sign_in(charlie).get("/usage/ledger.csv")["location"] == "/start/"
    assert events_of(sign_in(bob)) == ["e3", "e2", "e1", "nightly"]


def test_there_is_none_without_a_plan(alice: User, acme: Organization, sign_in: SignIn) -> None:
    assert sign_in(alice).get("/usage/ledger.csv").status_code == 404
