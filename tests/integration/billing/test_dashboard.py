"""What staff see first: each figure from what is really there, and only what they may see."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import Organization, WebhookEndpoint
from billing.admin.dashboard import Dashboard, duration_words, present_dashboard
from billing.agreements.changes import change_plan_by_staff
from billing.agreements.payments import mark_past_due
from billing.analytics.books import check_books
from billing.analytics.dashboard import get_lag
from billing.analytics.setup import Step, list_steps
from billing.analytics.snapshots import take_due_snapshots
from billing.models import Agreement, LedgerCheck
from billing.outcomes.disputes import open_dispute
from tests.factories.accounts import make_api_key, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.outcomes import report_outcome, sell_outcomes
from tests.support.statements import at_most

DAY = timedelta(days=1)
NOW = SUBSCRIBED + 3 * DAY
DONE_HERE = {Step.COSTS, Step.PLANS, Step.CUSTOMER}


@pytest.fixture
def agreed(catalog: ArticleCatalog, acme: Organization) -> Organization:
    """Acme moved from Starter to Professional yesterday."""
    agreement = make_agreement(acme, "starter")
    change_plan_by_staff(
        agreement=agreement,
        plan_code="professional",
        actor=STAFF,
        reason="Asked for it",
        now=NOW - DAY,
    )
    return acme


def seen(*permissions: str, is_superuser: bool = False) -> Dashboard:
    person = make_person(
        f"Staff {len(permissions)}",
        email=f"{len(permissions)}{is_superuser}@tallybook.example",
        is_staff=True,
        is_superuser=is_superuser,
    )
    for codename in permissions:
        app, _, name = codename.rpartition(".")
        found = Permission.objects.get(content_type__app_label=app or "billing", codename=name)
        person.user_permissions.add(found)
    return present_dashboard(user=person, now=NOW)


def tiles(dashboard: Dashboard) -> dict[str, tuple[str, str, str]]:
    return {
        tile.label: (tile.value, tile.note, tile.tone)
        for tile in (*dashboard.tiles, *dashboard.health)
    }


def test_recurring_revenue_and_how_it_moved(agreed: Organization) -> None:
    assert tiles(seen("view_revenuesnapshot")) == {
        "Recurring a month": ("\N{EN DASH}", "Written down after the first whole day.", "")
    }
    take_due_snapshots(now=NOW)
    dashboard = seen("view_revenuesnapshot", "view_feature")
    assert tiles(dashboard) == {"Recurring a month": ("$299", "1 customer", "")}
    assert dashboard.waterfall is not None
    assert [(row.label, row.amount, row.customers) for row in dashboard.waterfall.rows] == [
        ("At the start", "$0", 0),
        ("New", "+$299", 1),
        ("Returned", "$0", 0),
        ("Expansion", "$0", 0),
        ("Contraction", "$0", 0),
        ("Churned", "$0", 0),
        ("At the end", "$299", 1),
    ]


def test_money_beyond_the_base_price(agreed: Organization) -> None:
    use(agreed, "e1", 5_200, at=NOW - DAY)
    settle(agreed, at=SUBSCRIBED + 31 * DAY)
    person = make_person("Sam", is_staff=True, is_superuser=True)
    dashboard = present_dashboard(user=person, now=SUBSCRIBED + 32 * DAY)
    assert tiles(dashboard)["Overage, 30 days"][0] != "$0"


def test_what_does_not_work_is_marked(agreed: Organization) -> None:
    person = make_person("Sam", is_staff=True, is_superuser=True)
    calm = tiles(present_dashboard(user=person, now=NOW))
    assert calm["Ledger"] == ("not proven yet", "It is proven once a day.", "watch")
    assert calm["Failed payments"][2] == ""
    check_books(now=NOW - timedelta(hours=5))
    mark_past_due(agreement=Agreement.objects.get(organization=agreed), actor=STAFF, now=NOW)
    shown = tiles(present_dashboard(user=person, now=NOW))
    assert shown["Ledger"][0] == "all promises hold"
    assert shown["Ledger"][1].startswith("5 hours ago, ")
    assert shown["Failed payments"] == ("0", "$0 open, agreements past due: 1", "urgent")
    LedgerCheck.objects.create(checked_at=NOW, promise_count=3, broken=["accounts_sum_to_zero"])
    assert tiles(present_dashboard(user=person, now=NOW))["Ledger"] == (
        "broken",
        "accounts_sum_to_zero",
        "urgent",
    )


def test_what_waits_for_the_worker_and_for_staff(acme: Organization) -> None:
    sell_outcomes(acme, confirmation_days=1)
    outcome = report_outcome(acme, at=SUBSCRIBED)
    assert get_lag(now=SUBSCRIBED + DAY) == timedelta(0)
    assert get_lag(now=NOW) == 2 * DAY
    dashboard = tiles(seen("view_ledgercheck", "view_outcomedispute"))
    assert dashboard["Background work"] == ("2 days behind", "Is the worker running?", "urgent")
    assert dashboard["Disputes to decide"] == ("0", "", "")
    open_dispute(outcome=outcome, reason="No", actor=STAFF, now=NOW)
    dashboard = tiles(seen("view_ledgercheck", "view_outcomedispute", "view_feature"))
    assert dashboard["Background work"] == ("up to date", "Nothing waits for long.", "")
    assert dashboard["Disputes to decide"] == ("1", "", "watch")


def test_each_sees_what_they_may(agreed: Organization, client: Client) -> None:
    nothing = seen()
    assert (nothing.tiles, nothing.health, nothing.waterfall, nothing.steps) == ((), (), None, ())
    assert set(tiles(seen("view_invoice"))) == {"Failed payments"}
    viewer = make_person("Vera", is_staff=True)
    client.force_login(viewer)
    assert client.get(reverse("admin:report_revenue")).status_code == 403
    page = client.get(reverse("admin:index")).content.decode()
    assert "Setup" not in page and "Recurring" not in page


def test_the_setup_turns_green_by_itself(
    catalog: ArticleCatalog, acme: Organization, settings: LazySettings
) -> None:
    def done() -> set[Step]:
        return {state.step for state in list_steps(now=NOW) if state.is_done}

    assert done() == {Step.COSTS, Step.PLANS}
    make_agreement(acme, "starter")
    assert done() == DONE_HERE
    make_api_key(acme, now=NOW)
    assert done() == DONE_HERE
    make_api_key(None, now=NOW)
    use(acme, "e1", 1, at=NOW)
    settings.STRIPE_MODE = "sandbox"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert done() == DONE_HERE | {Step.KEY, Step.USAGE, Step.STRIPE, Step.MAILS}
    settings.STRIPE_MODE = "off"
    assert Step.STRIPE not in done()
    assert not WebhookEndpoint.objects.exists()


def test_the_first_page_and_the_report_are_quick(agreed: Organization, client: Client) -> None:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    take_due_snapshots(now=NOW)
    with time_machine.travel(NOW, tick=False):
        client.get(reverse("admin:index"))
        with at_most(45):
            index = client.get(reverse("admin:index")).content.decode()
        assert "$299" in index and "Setup" in index and "3 of 11 done" in index
        report = client.get(reverse("admin:report_revenue")).content.decode()
        assert "+$299" in report
        asked = {"since": "2026-09-10", "until": "2026-09-12"}
        moved = client.get(reverse("admin:report_revenue"), asked).content.decode()
        assert "+$200" in moved and "$99" in moved
        lines = client.get(reverse("admin:report_revenue"), asked | {"format": "csv"})
    text = b"".join(lines.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines() == [
        "day,customers,monthly_recurring_revenue,currency",
        "2026-09-10,1,99.00,USD",
        "2026-09-11,1,99.00,USD",
        "2026-09-12,1,299.00,USD",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-09-12", "until": "2026-09-10"},
        {"since": "x", "until": ""},
        {"since": "0001-01-01", "until": "9999-12-31"},
    ],
)
def test_no_two_days_are_said_so(
    agreed: Organization, client: Client, asked: dict[str, str]
) -> None:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    take_due_snapshots(now=NOW)
    page = client.get(reverse("admin:report_revenue"), asked)
    assert (page.status_code, "errornote" in page.content.decode()) == (200, True)


def test_a_day_that_is_not_written_down_yet_is_no_day_without_customers(
    agreed: Organization, client: Client
) -> None:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    take_due_snapshots(now=NOW)
    asked = {"since": "2026-09-10", "until": f"{NOW:%Y-%m-%d}"}
    for query in (asked, asked | {"format": "csv"}):
        page = client.get(reverse("admin:report_revenue"), query).content.decode()
        assert f"The last day that was written down is {date_format(NOW - DAY)}." in page
        assert "\N{MINUS SIGN}$" not in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "0 minutes"), (60, "1 minute"), (3_600, "1 hour"), (172_800, "2 days")],
)
def test_a_duration_in_words(seconds: int, words: str) -> None:
    assert duration_words(timedelta(seconds=seconds)) == words
