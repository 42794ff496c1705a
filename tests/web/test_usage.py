"""The usage page: by day, by action, and the ledger behind them."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization, User
from billing.models import Agreement
from billing.price_design.scheduling import RateOrder, schedule_rate
from billing.usage.operations import hold_usage, report_usage
from metering.models import Action
from metering.usage.reports import HoldRequest
from metering.usage.rollups import fill_rollups
from portal.web.presenters import breakdown, history
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.metering import grant, report, reverse
from tests.support.statements import at_most

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of, text_of


def test_sums_up_the_period_and_its_days(alice: User, use: ReportAction, sign_in: SignIn) -> None:
    use("e1", 40, action="GENERATE_REPORT", at=ON_THE_15TH)
    use("e2", 50, action="SUMMARIZE_SHORT", at=datetime(2026, 9, 16, 9, tzinfo=UTC))
    words = part_of(sign_in(alice).get("/usage/"), "days-title")
    assert words.startswith(
        "AI credits by day Used 2,500 credits Left 2,500 Overage none "
        "A day on average 246 Busiest day 2,000 15 Sep"
    )
    assert (
        "Day (UTC) Generate report Summarize Total "
        "Tue 15 Sep 2026 2,000 0 2,000 Wed 16 Sep 2026 0 500 500"
    ) in words


def test_shows_what_each_action_took(alice: User, use: ReportAction, sign_in: SignIn) -> None:
    use("e1", 30, action="GENERATE_REPORT", at=ON_THE_15TH)
    use("e2", 50, action="SUMMARIZE_SHORT", at=ON_THE_15TH)
    assert part_of(sign_in(alice).get("/usage/"), "breakdown-title") == (
        "By action Action Member API key Action Quantity Credits \N{DOWNWARDS ARROW} Share "
        "Generate report 30 1,500 75 % Summarize 50 500 25 %"
    )


def test_says_what_an_action_takes_and_is_worth(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 51, action="GENERATE_REPORT", at=ON_THE_15TH)
    words = part_of(sign_in(alice).get("/usage/"), "card-title")
    assert "Generate report about $150 of value 50 1 % 49" in words


@pytest.mark.parametrize(("notice_days", "is_told"), [(103, True), (102, False)])
def test_says_what_an_action_is_going_to_take_once_customers_are_told(
    alice: User,
    acme: Organization,
    agreement: Agreement,
    use: ReportAction,
    sign_in: SignIn,
    *,
    notice_days: int,
    is_told: bool,
) -> None:
    """102 days before that midnight in Berlin is 20 September, 23:00 UTC: hours from now."""
    acme.time_zone = "Europe/Berlin"
    acme.save(update_fields=["time_zone"])
    use("e1", 51, action="GENERATE_REPORT", at=ON_THE_15TH)
    schedule_rate(
        action=Action.objects.get(code="GENERATE_REPORT"),
        order=RateOrder(
            effective_at=datetime(2026, 12, 31, 23, tzinfo=UTC),
            credits=Decimal(62),
            notice_days=notice_days,
            reason="Costs rose",
            cost_components={"model": Decimal("1.58")},
        ),
        actor=STAFF,
        now=ON_THE_15TH,
    )
    words = part_of(sign_in(alice).get("/usage/"), "card-title")
    coming = "From 1 Jan 2027, 00:00 CET on: 62 instead of 50 credits 50 1 % 49"
    assert (coming in words, "instead of" in words) == (is_told, is_told)


def test_the_ledger_names_what_paid_for_each_event(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("big", 101, action="GENERATE_REPORT", at=ON_THE_15TH, member="bob@acme.example")
    words = part_of(sign_in(alice).get("/usage/"), "ledger-title")
    assert words.startswith("Ledger Every movement, newest first. Times in UTC. Download as CSV")
    assert words.endswith(
        "What Member Paid from Event When Credits "
        "Generate report bob@acme.example Overage big 15 Sep 2026, 09:00 UTC -50 "
        "Generate report bob@acme.example Allowance big 15 Sep 2026, 09:00 UTC -5,000 "
        "Allowance granted 10 Sep 2026, 08:00 UTC +5,000"
    )


def test_the_ledger_tells_in_words_what_became_of_credits(
    alice: User,
    acme: Organization,
    catalog: ArticleCatalog,
    agreement: Agreement,
    use: ReportAction,
    sign_in: SignIn,
) -> None:
    use("e1", 101, action="GENERATE_REPORT", at=ON_THE_15TH)
    grant(acme, catalog.meter, 30, effective_at=ON_THE_15TH)
    reverse(acme, "e1", at=NOW - timedelta(hours=2))
    hold_usage(
        organization_id=acme.pk,
        request=HoldRequest(
            key="h1",
            quantity=Decimal(2),
            body_sha256=bytes(32),
            lasts=timedelta(hours=2),
            action="SUMMARIZE_SHORT",
        ),
        api_key_id=None,
        received_at=NOW - timedelta(hours=1),
    )
    use("e2", 1, action="GENERATE_REPORT", at=NOW)
    page = sign_in(alice).get("/usage/")
    expected = [
        "Generate report Allowance e2 20 Sep 2026, 12:00 UTC -50",
        "Summarize: held Allowance 20 Sep 2026, 11:00 UTC -20",
        "Generate report: reversed Promotion e1 20 Sep 2026, 10:00 UTC +30",
        "Generate report: reversed Overage e1 20 Sep 2026, 10:00 UTC +50",
        "Generate report: reversed Allowance e1 20 Sep 2026, 10:00 UTC +5,000",
        "Generate report: overage paid afterwards Reversed Promotion e1 15 Sep 2026, 09:00 UTC -30",
        "Promotion granted 15 Sep 2026, 09:00 UTC +30",
        "Generate report Reversed Overage e1 15 Sep 2026, 09:00 UTC -50",
        "Generate report Reversed Allowance e1 15 Sep 2026, 09:00 UTC -5,000",
        "Allowance granted 10 Sep 2026, 08:00 UTC +5,000",
    ]
    assert part_of(page, "ledger-title").endswith("Credits " + " ".join(expected))
    assert "Left 4,960 Held 20" in part_of(page, "days-title")


def test_late_usage_says_when_it_was_used(
    alice: User, acme: Organization, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    use("in-time", 1, action="GENERATE_REPORT", at=ON_THE_15TH)
    clock.move_to(datetime(2026, 10, 12, 12, tzinfo=UTC))
    report_usage(
        organization_id=acme.pk,
        reports=[report("late", 2, action="GENERATE_REPORT", at=ON_THE_15TH)],
        api_key_id=None,
        received_at=datetime(2026, 10, 12, 11, tzinfo=UTC),
    )
    page = sign_in(alice).get("/usage/")
    assert (
        "Generate report Late used on 15 Sep 2026, reported after that period was over "
        "Rollover late 12 Oct 2026, 11:00 UTC -100"
    ) in part_of(page, "ledger-title")
    assert "Generate report 2 100 100 %" in part_of(page, "breakdown-title")


def test_the_page_costs_the_same_however_much_was_used(
    alice: User,
    acme: Organization,
    use: ReportAction,
    sign_in: SignIn,
) -> None:
    for number in range(30):
        use(f"e{number}", 1, action="GENERATE_REPORT", at=ON_THE_15TH, member=f"m{number}")
    fill_rollups(organization_id=acme.pk)
    client = sign_in(alice)
    client.get("/usage/")
    with at_most(12):
        client.get("/usage/")


@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/overview/", 10),
        ("/usage/", 11),
        ("/usage/?by=member", 12),
        ("/usage/?member=ann", 13),
        ("/usage/?by=member&member=ann&period=previous", 14),
    ],
)
def test_another_sum_and_a_part_of_the_ledger_cost_statements_of_their_own(
    address: str,
    statements: int,
    alice: User,
    acme: Organization,
    use: ReportAction,
    sign_in: SignIn,
    clock: Clock,
) -> None:
    use("e1", 1, action="GENERATE_REPORT", at=ON_THE_15TH, member="ann")
    clock.move_to(datetime(2026, 10, 15, 12, tzinfo=UTC))
    client = sign_in(alice)
    client.get("/usage/")
    use("e2", 1, action="GENERATE_REPORT", at=datetime(2026, 10, 14, 12, tzinfo=UTC), member="ann")
    fill_rollups(organization_id=acme.pk)
    client.get(address)
    with at_most(statements):
        assert client.get(address).status_code == 200


def test_the_ledger_is_read_page_by_page_without_a_gap(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    for number in range(60):
        use(f"event-{number:02}", 1, at=ON_THE_15TH + timedelta(minutes=number))
    client, address, seen = sign_in(alice), "/usage/", []
    for _page in range(3):
        html = client.get(address).content.decode()
        seen += re.findall(r"<code>(event-\d\d)</code>", html)
        older = re.search(r'href="(\?before=\d+)#ledger"', html)
        address = f"/usage/{older[1]}" if older else ""
    assert seen == [f"event-{number:02}" for number in reversed(range(60))]
    assert address == ""


def test_the_previous_period_can_be_looked_at(
    alice: User, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    use("e1", 40, action="GENERATE_REPORT", at=ON_THE_15TH)
    clock.move_to(datetime(2026, 10, 12, 12, tzinfo=UTC))
    client = sign_in(alice)
    assert "Used 0 credits Left 5,000" in part_of(client.get("/usage/"), "days-title")
    previous = part_of(client.get("/usage/?period=previous"), "days-title")
    assert "Used 2,000 credits Overage none A day on average 67" in previous


def test_days_are_counted_in_the_organizations_zone(
    catalog: ArticleCatalog, acme: Organization, alice: User, sign_in: SignIn
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="Asia/Tokyo")
    make_agreement(acme, "professional")
    late_evening = datetime(2026, 9, 15, 20, tzinfo=UTC)
    report_usage(
        organization_id=acme.pk,
        reports=[report("e1", 7, at=late_evening)],
        api_key_id=None,
        received_at=late_evening,
    )
    assert "Day (Asia/Tokyo) Reported directly Total Wed 16 Sep 2026 7 7" in (
        part_of(sign_in(alice).get("/usage/"), "days-title")
    )


def test_unlimited_usage_has_neither_left_nor_overage(
    catalog: ArticleCatalog, acme: Organization, alice: User, sign_in: SignIn
) -> None:
    make_agreement(acme, "per_seat")
    report_usage(
        organization_id=acme.pk,
        reports=[report("e1", 690, meter="documents", at=ON_THE_15TH)],
        api_key_id=None,
        received_at=ON_THE_15TH,
    )
    page = sign_in(alice).get("/usage/")
    assert "Used 690 documents A day on average 68 Busiest day" in part_of(page, "days-title")
    assert "Overage" not in part_of(page, "days-title")
    assert "Included e1" in part_of(page, "ledger-title")


def test_a_period_that_was_unlimited_has_no_line_to_keep_below(
    catalog: ArticleCatalog, acme: Organization, alice: User, sign_in: SignIn, clock: Clock
) -> None:
    make_agreement(acme, "per_seat")
    report_usage(
        organization_id=acme.pk,
        reports=[report("e1", 690, meter="documents", at=ON_THE_15TH)],
        api_key_id=None,
        received_at=ON_THE_15TH,
    )
    clock.move_to(datetime(2026, 10, 12, 12, tzinfo=UTC))
    page = sign_in(alice).get("/usage/?period=previous")
    assert "Used 690 documents A day on average 23" in part_of(page, "days-title")
    assert "chart__allowance" not in page.content.decode()


def test_any_period_can_be_chosen_and_one_that_is_over_goes_nowhere(
    alice: User, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    for month, quantity in ((9, 10), (10, 20), (11, 30)):
        for day in range(11, 16):
            at = datetime(2026, month, day, 9, tzinfo=UTC)
            use(f"{month}-{day}", quantity, at=at)
    clock.move_to(datetime(2026, 11, 16, 12, tzinfo=UTC))
    client = sign_in(alice)
    html = client.get("/usage/").content.decode()
    assert re.findall(r'<option value="(\d[^"]*)"( selected)?>([^<]*)', html) == [
        ("20261110T080000Z", " selected", "10 Nov to 10 Dec 2026, this period"),
        ("20261010T080000Z", "", "10 Oct to 10 Nov 2026"),
        ("20260910T080000Z", "", "10 Sep to 10 Oct 2026"),
    ]
    assert "If it goes on like" in part_of(client.get("/usage/"), "total-card-title")
    first = client.get("/usage/?period=20260910T080000Z")
    assert "Used 50 credits Overage none" in part_of(first, "days-title")
    total = part_of(first, "total-card-title")
    assert "If it goes on like" not in total
    assert "11 Sep 2026 10 10 12 Sep 2026 10 20" in total
    assert "From 10 Sep 2026, 08:00 UTC until 10 Oct 2026, 08:00 UTC" in (
        part_of(first, "ledger-title")
    )


def test_without_a_plan_there_is_the_way_to_one(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    assert text_of(sign_in(alice).get("/usage/")).startswith("Acme has no plan yet")


def test_an_empty_page_teaches(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    words = text_of(sign_in(alice).get("/usage/"))
    assert "Nothing has been used yet" in words
    assert f'"organization": "{acme.code}"' in words


def test_an_address_that_cannot_be_read_counts_as_not_asked(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 1, at=ON_THE_15TH)
    client = sign_in(alice)
    for query in (
        "before=x",
        "before=-1",
        "before=99999999999999999999",
        "period=never",
        "period=20260230T999999Z",
        "meter=%00",
        "by=planet",
        "sort=colour",
        "kind=gift",
        "action=%00",
        "key=key_nobodys",
        "since=yesterday",
        "since=0001-01-01&until=9999-12-31",
    ):
        assert client.get(f"/usage/?{query}").status_code == 200


def test_another_organizations_ledger_is_never_shown(
    charlie: User, bob: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("secret-event", 1, at=ON_THE_15TH)
    assert sign_in(charlie).get("/usage/")["location"] == "/start/"
    assert b"secret-event" in sign_in(bob).get("/usage/").content


def test_usage_booked_while_the_page_is_read_does_not_break_it(
    alice: User, use: ReportAction, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    use("before", 1, action="GENERATE_REPORT", at=ON_THE_15TH)

    def book_meanwhile(module: Any, read: str, event_id: str, action: str) -> None:
        original = getattr(module, read)

        def reading(**arguments: Any) -> Any:
            use(event_id, 1, action=action, at=ON_THE_15TH)
            return original(**arguments)

        monkeypatch.setattr(module, read, reading)

    book_meanwhile(history, "list_daily_usage", "e1", "SUMMARIZE_SHORT")
    book_meanwhile(breakdown, "summarize_usage", "e2", "EXTRACT_TEXT")
    assert sign_in(alice).get("/usage/?by=member").status_code == 200
