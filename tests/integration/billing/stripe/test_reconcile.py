"""Whatever Stripe and our books do not say the same is found, kept, and gone once they agree."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import Organization
from billing.choices import AgreementStatus, Collection
from billing.models import (
    Agreement,
    Invoice,
    InvoiceLine,
    SettlementCharge,
    StripeDifference,
    StripeEvent,
    StripeSubscription,
)
from billing.stripe.reconcile.books import differences_in_books
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.reconcile.totals import Totals, list_totals
from config.kernel.money import Money
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
from tests.factories.catalog import ArticleCatalog

from .collecting import Collecting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
LATER = OCTOBER + DAY


@pytest.fixture
def agreement(collecting: Collecting, catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme's, on Starter, its first renewal paid with 460 credits beyond the 1,000."""
    sold = collecting.sell(acme, catalog.starter)
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    collecting.move_to(OCTOBER + MINUTE)
    collecting.move_to(OCTOBER + HOUR + MINUTE)
    collecting.sweep()
    collecting.move_to(OCTOBER + 3 * HOUR)
    sold.refresh_from_db()
    return sold


@pytest.fixture
def renewal(agreement: Agreement) -> Invoice:
    """The invoice of the renewal."""
    return Invoice.objects.get(billing_reason="subscription_cycle")


def found(*, now: datetime = LATER) -> list[tuple[str, str, str, str]]:
    """(kind, about, ours, Stripe's) of each difference that is open."""
    return [(row.kind, row.subject, row.ours, row.theirs) for row in reconcile(now=now)]


def test_what_agrees_is_no_difference(agreement: Agreement) -> None:
    assert found() == []


class TestInvoices:
    def test_another_total(self, renewal: Invoice) -> None:
        Invoice.objects.filter(pk=renewal.pk).update(total_minor=167_99)
        assert found() == [
            (
                "invoice_differs",
                renewal.stripe_id,
                "total 16799",
                "total 16800",
            ),
            (
                "invoice_does_not_add_up",
                renewal.stripe_id,
                "lines 16800, discount 0, tax 0, subtotal 16800",
                "total 16799",
            ),
        ]

    def test_a_line_of_another_amount(self, renewal: Invoice) -> None:
        line = InvoiceLine.objects.get(invoice=renewal, settlement__isnull=False)
        InvoiceLine.objects.filter(pk=line.pk).update(amount_minor=69_01)
        assert line.settlement is not None
        settlement = line.settlement.public_id
        assert ("line_differs", settlement, "6900 USD", "1 line of 6901 USD") in found()
        assert (
            "invoice_differs",
            renewal.stripe_id,
            f"{line.stripe_id} 6901",
            f"{line.stripe_id} 6900",
        ) in found()

    def test_two_lines_for_one_settlement(self, renewal: Invoice) -> None:
        line = InvoiceLine.objects.get(invoice=renewal, settlement__isnull=False)
        assert line.settlement is not None
        line.pk, line.stripe_id = None, "il_twice"
        line.save(force_insert=True)
        about = line.settlement.public_id
        assert ("line_differs", about, "6900 USD", "2 lines of 13800 USD") in found()

    def test_one_that_we_lack(self, renewal: Invoice) -> None:
        renewal.delete()
        kinds = {kind for kind, *_ in found()}
        assert kinds == {"invoice_missing_here", "charge_on_no_invoice"}

    def test_one_that_stripe_lacks(self, renewal: Invoice) -> None:
        Invoice.objects.filter(pk=renewal.pk).update(stripe_id="in_nowhere")
        about = [(kind, subject) for kind, subject, *_ in found()]
        assert ("invoice_missing_there", "in_nowhere") in about
        assert ("invoice_missing_here", renewal.stripe_id) in about

    def test_one_that_an_event_waits_for_is_not_compared(self, renewal: Invoice) -> None:
        Invoice.objects.filter(pk=renewal.pk).update(amount_paid_minor=0)
        StripeEvent.objects.create(
            event_id="evt_waiting",
            type="invoice.paid",
            object_id=renewal.stripe_id,
            occurred_at=LATER,
            received_at=LATER,
            payload={},
        )
        assert found() == []


class TestCharges:
    def test_money_that_nothing_collects(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        charge = SettlementCharge.objects.select_related("settlement").get()
        about = charge.settlement.public_id
        charge.delete()
        assert found() == [("settlement_without_charge", about, "6900 USD", "no charge is planned")]

    def test_a_charge_that_is_on_no_invoice(self, agreement: Agreement) -> None:
        charge = SettlementCharge.objects.select_related("settlement").get()
        SettlementCharge.objects.update(
            status="planned", placed_at=None, invoiced_at=None, item_id="", stripe_invoice_id=""
        )
        InvoiceLine.objects.update(settlement=None)
        about = charge.settlement.public_id
        assert found() == [("charge_not_placed", about, "6900 USD", "on no invoice")]

    def test_a_charge_on_an_invoice_that_is_void(self, renewal: Invoice) -> None:
        Invoice.objects.filter(pk=renewal.pk).update(status="void")
        assert "charge_on_void_invoice" in {kind for kind, *_ in found()}

    def test_a_charge_on_a_draft_that_never_becomes_final(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        """As Stripe leaves the renewal of a subscription that is unpaid, and then canceled."""
        renewal = Invoice.objects.get(billing_reason="subscription_cycle")
        Invoice.objects.filter(pk=renewal.pk).update(
            status="draft", number="", finalized_at=None, paid_at=None
        )
        about = SettlementCharge.objects.get().settlement.public_id

        def drafts(*, now: datetime) -> list[tuple[str, str, str, str]]:
            stale = differences_in_books(now=now)
            return [
                (one.kind, one.subject, one.ours, one.theirs)
                for one in stale
                if one.kind == "charge_on_stale_draft"
            ]

        assert drafts(now=renewal.issued_at + 2 * DAY) == []
        assert drafts(now=renewal.issued_at + 2 * DAY + MINUTE) == [
            (
                "charge_on_stale_draft",
                about,
                "6900 USD",
                f"{renewal.stripe_id} is a draft: finalize or delete it at Stripe",
            )
        ]

    def test_what_was_settled_just_now_may_be_on_its_way(
        self, collecting: Collecting, catalog: ArticleCatalog, globex: Organization
    ) -> None:
        collecting.sell(globex, catalog.starter)
        use(globex, "evt_1", 1_460, at=SUBSCRIBED + DAY)
        settle(globex, at=OCTOBER + HOUR)
        kinds = {kind for kind, *_ in found(now=OCTOBER + 2 * HOUR)}
        assert "settlement_without_charge" not in kinds


class TestSubscriptions:
    def test_another_status(self, agreement: Agreement) -> None:
        Agreement.objects.update(status=AgreementStatus.PAST_DUE)
        assert found() == [
            ("subscription_status_differs", agreement.public_id, "past_due", "active")
        ]

    def test_another_period(self, agreement: Agreement) -> None:
        Agreement.objects.update(current_period_end=agreement.current_period_end + DAY)
        assert found() == [
            (
                "subscription_period_differs",
                agreement.public_id,
                "2026-11-11T08:00:00+00:00",
                "2026-11-10T08:00:00+00:00",
            )
        ]

    def test_another_price(self, agreement: Agreement, catalog: ArticleCatalog) -> None:
        Agreement.objects.update(plan_version=catalog.professional)
        [(kind, about, ours, _)] = found()
        assert (kind, about) == ("subscription_price_differs", agreement.public_id)
        assert ours == "no price"

    def test_another_quantity(self, collecting: Collecting, agreement: Agreement) -> None:
        subscription = collecting.subscription_of(agreement)
        [item] = collecting.items_of(agreement)
        collecting.send(
            "subscriptions.update",
            {"items": [{"id": item, "quantity": 3}], "proration_behavior": "none"},
            target=subscription,
        )
        assert found() == [("subscription_quantity_differs", agreement.public_id, "1", "3")]

    def test_one_that_we_lack(self, collecting: Collecting, agreement: Agreement) -> None:
        subscription = collecting.subscription_of(agreement)
        StripeSubscription.objects.all().delete()
        assert found() == [
            ("subscription_missing_here", subscription, "no agreement", "active"),
            ("subscription_missing_there", agreement.public_id, "active", "no subscription"),
        ]

    def test_one_that_stripe_lacks(self, agreement: Agreement) -> None:
        StripeSubscription.objects.update(stripe_id="sub_nowhere")
        kinds = [kind for kind, *_ in found()]
        assert kinds == ["subscription_missing_here", "subscription_missing_there"]

    def test_an_agreement_that_stripe_does_not_collect_needs_none(
        self, collecting: Collecting, catalog: ArticleCatalog, globex: Organization
    ) -> None:
        free = make_agreement(globex, "starter")
        assert free.collection != Collection.STRIPE
        assert found() == []


class TestWhatIsKept:
    def test_a_difference_is_kept_once_seen_again_and_gone_when_they_agree(
        self, agreement: Agreement
    ) -> None:
        Agreement.objects.update(status=AgreementStatus.PAST_DUE)
        reconcile(now=LATER)
        reconcile(now=LATER + HOUR)
        [row] = StripeDifference.objects.all()
        assert (row.organization, row.found_at, row.seen_at, row.resolved_at) == (
            agreement.organization,
            LATER,
            LATER + HOUR,
            None,
        )
        Agreement.objects.update(status=AgreementStatus.ACTIVE)
        assert reconcile(now=LATER + 2 * HOUR) == []
        row.refresh_from_db()
        assert (row.seen_at, row.resolved_at) == (LATER + HOUR, LATER + 2 * HOUR)

    def test_one_of_an_old_invoice_is_not_gone_because_nobody_looks(
        self, collecting: Collecting, renewal: Invoice
    ) -> None:
        Invoice.objects.filter(pk=renewal.pk).update(number="another")
        assert len(found()) == 1
        assert len(found(now=LATER + 100 * DAY)) >= 1
        assert StripeDifference.objects.get(kind="invoice_differs").resolved_at is None

    def test_old_invoices_are_looked_at_if_everything_is_asked_for(self, renewal: Invoice) -> None:
        Invoice.objects.filter(pk=renewal.pk).update(number="another")
        much_later = LATER + 100 * DAY
        assert not _differing(reconcile(now=much_later))
        assert _differing(reconcile(now=much_later, everything=True))

    def test_totals_say_where_the_money_is(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        nothing = Money(0, "USD")
        dollars = Money(69_00, "USD")
        [totals] = list_totals()
        assert totals == Totals(settled=dollars, planned=nothing, placed=nothing, invoiced=dollars)
        assert totals.missing == nothing
        SettlementCharge.objects.all().delete()
        [totals] = list_totals()
        assert totals.missing == dollars


def _differing(rows: list[StripeDifference]) -> list[StripeDifference]:
    return [row for row in rows if row.kind == "invoice_differs"]


class TestCommand:
    def test_it_prints_what_differs_and_fails(self, agreement: Agreement) -> None:
        Agreement.objects.update(status=AgreementStatus.PAST_DUE)
        out = StringIO()
        with time_machine.travel(LATER, tick=False), pytest.raises(SystemExit) as ended:
            call_command("stripe_reconcile", stdout=out, no_color=True)
        assert ended.value.code == 1
        assert out.getvalue() == (
            f"DIFFERS subscription_status_differs {agreement.public_id}\n"
            "  ours: past_due\n"
            "  Stripe's: active\n"
            "  since 2026-10-11T08:00:00+00:00\n"
            "1 difference\n"
        )

    def test_it_succeeds_where_all_agrees(self, agreement: Agreement) -> None:
        out = StringIO()
        with time_machine.travel(LATER, tick=False):
            call_command("stripe_reconcile", "--json", stdout=out)
        assert json.loads(out.getvalue()) == {"differences": []}


class TestAdmin:
    @pytest.fixture
    def staff(self, db: None) -> Client:
        """Somebody who may see everything."""
        client = Client()
        client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
        return client

    def test_differences_come_with_their_totals(self, staff: Client, agreement: Agreement) -> None:
        Agreement.objects.update(status=AgreementStatus.PAST_DUE)
        reconcile(now=LATER)
        page = staff.get("/admin/billing/stripedifference/").content.decode()
        assert "1 difference is open." in page
        assert "subscription_status_differs" in page
        assert page.count("<td>$69</td>") == 2

    def test_an_invoice_is_shown_with_its_lines(self, staff: Client, renewal: Invoice) -> None:
        page = staff.get(f"/admin/billing/invoice/{renewal.pk}/change/").content.decode()
        assert "460 AI credits beyond 1,000 included" in page
        assert "$168" in page
        assert "stl_" in page

    def test_lists_open(self, staff: Client, agreement: Agreement) -> None:
        for name in ("invoice", "settlementcharge"):
            assert staff.get(f"/admin/billing/{name}/").status_code == 200
        charge = SettlementCharge.objects.get()
        page = staff.get(f"/admin/billing/settlementcharge/{charge.pk}/change/")
        assert page.status_code == 200
