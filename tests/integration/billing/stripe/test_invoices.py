"""Our copies of Stripe's invoices, what is told of them, and what the next one will say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization, WebhookEvent
from accounts.webhooks.values import instant
from billing.invoicing.queries import (
    InvoiceLineView,
    InvoiceNotFound,
    SettledUsage,
    describe_invoice,
    estimate_next_invoice,
    find_overdue_invoice,
    get_invoice,
    list_invoice_lines,
    list_invoices,
)
from billing.models import Agreement, Invoice, InvoiceLine, Settlement
from billing.rating.charges import ChargeLine
from billing.stripe.gateway.reading import retrieve_invoice
from billing.stripe.inbox import catch_up, handle_waiting
from billing.stripe.invoices.mirror import mirror_invoice
from billing.stripe.invoices.upcoming import upcoming
from billing.stripe.settling.operations import look_for_invoices
from config.kernel.money import Money
from config.kernel.periods import Period
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import ArticleCatalog

from .collecting import Collecting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


@pytest.fixture
def agreement(collecting: Collecting, catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme's, on Starter, with 460 credits beyond the 1,000 of its first month."""
    sold = collecting.sell(acme, catalog.starter)
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    return sold


def renew(collecting: Collecting) -> None:
    """Let the first renewal come, and all that follows from it within three hours."""
    collecting.move_to(OCTOBER + MINUTE)
    collecting.move_to(OCTOBER + HOUR + MINUTE)
    collecting.sweep()
    collecting.move_to(OCTOBER + 3 * HOUR)


def use_a_card_that_is_declined(collecting: Collecting, agreement: Agreement) -> None:
    customer = collecting.customer_of(agreement)
    method = collecting.send(
        "payment_methods.attach", {"customer": customer}, target="pm_card_chargeCustomerFail"
    )
    collecting.send(
        "customers.update",
        {"invoice_settings": {"default_payment_method": method["id"]}},
        target=customer,
    )


def told() -> list[str]:
    """The types of the events about invoices, in the order in which they were told."""
    events = WebhookEvent.objects.filter(type__startswith="invoice.").order_by("pk")
    return list(events.values_list("type", flat=True))


class TestCopies:
    def test_the_first_payment_has_its_copy(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        copy = Invoice.objects.get()
        assert (copy.organization, copy.agreement) == (agreement.organization, agreement)
        assert (copy.status, copy.total_minor, copy.amount_paid_minor) == ("paid", 99_00, 99_00)
        assert copy.number
        [line] = copy.lines.all()
        assert (line.amount_minor, line.settlement) == (99_00, None)
        assert (line.starts_at, line.ends_at) == (SUBSCRIBED, OCTOBER)

    def test_hearing_of_it_again_changes_nothing(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        [before] = Invoice.objects.values()
        mirror_invoice(retrieve_invoice(before["stripe_id"]), now=before["synced_at"])
        assert list(Invoice.objects.values()) == [before]
        assert InvoiceLine.objects.count() == 1
        assert told() == ["invoice.issued", "invoice.paid"]

    def test_what_was_asked_earlier_and_comes_later_is_not_believed(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        collecting.move_to(OCTOBER + MINUTE)
        draft = collecting.invoices(agreement)[-1]
        renew(collecting)
        mirror_invoice(draft, now=collecting.now)
        copy = Invoice.objects.get(stripe_id=draft.id)
        assert (copy.status, copy.total_minor) == ("paid", 168_00)
        assert copy.lines.count() == 2

    def test_an_invoice_of_nobody_known_is_left_alone(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        stranger = collecting.send("customers.create", {"name": "Stranger"})
        made = collecting.send("invoices.create", {"customer": stranger["id"]})
        assert mirror_invoice(retrieve_invoice(made["id"]), now=collecting.now) is None
        assert Invoice.objects.count() == 1

    def test_one_that_came_before_its_agreement_is_linked_to_it_later(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        Invoice.objects.update(agreement=None)
        look_for_invoices(now=collecting.now + HOUR)
        assert Invoice.objects.get().agreement == agreement

    def test_the_inbox_tells_of_invoices(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        Invoice.objects.all().delete()
        catch_up(now=collecting.now)
        handle_waiting(now=collecting.now)
        assert Invoice.objects.get().status == "paid"

    def test_a_draft_that_is_deleted_has_no_copy_any_more(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        customer = collecting.customer_of(agreement)
        made = collecting.send("invoices.create", {"customer": customer})
        collecting.listen()
        assert Invoice.objects.filter(stripe_id=made["id"]).exists()
        collecting.send("invoices.delete", {}, target=made["id"])
        collecting.listen()
        assert not Invoice.objects.filter(stripe_id=made["id"]).exists()


class TestWhatIsTold:
    def test_a_renewal_is_issued_and_paid_once(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        renew(collecting)
        collecting.heard.clear()
        collecting.listen()
        assert told() == ["invoice.issued", "invoice.paid"] * 2
        event = WebhookEvent.objects.filter(type="invoice.paid").latest("pk")
        renewal = Invoice.objects.get(billing_reason="subscription_cycle")
        assert event.organization == agreement.organization
        assert renewal.paid_at is not None
        assert event.data == {
            "id": renewal.public_id,
            "number": renewal.number,
            "status": "paid",
            "agreement": agreement.public_id,
            "billing_reason": "subscription_cycle",
            **{
                name: {"amount_minor": minor, "currency": "USD"}
                for name, minor in {
                    "subtotal": 168_00,
                    "discount": 0,
                    "tax": 0,
                    "total": 168_00,
                    "credit": 0,
                    "amount_due": 168_00,
                    "amount_paid": 168_00,
                    "amount_remaining": 0,
                }.items()
            },
            "issued_at": instant(renewal.issued_at),
            "paid_at": instant(renewal.paid_at),
            "period_starts_at": "2026-09-10T08:00:00Z",
            "period_ends_at": "2026-11-10T08:00:00Z",
            "attempt_count": 1,
            "next_attempt_at": None,
            "last_error": "",
            "hosted_url": renewal.hosted_url,
            "pdf_url": renewal.pdf_url or None,
        }

    def test_each_attempt_that_fails_is_told_of_once(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        use_a_card_that_is_declined(collecting, agreement)
        renew(collecting)
        collecting.heard.clear()
        collecting.listen()
        assert told()[2:] == ["invoice.issued", "invoice.payment_failed"]
        overdue = find_overdue_invoice(organization=agreement.organization)
        assert overdue is not None
        assert overdue.dunning is not None
        assert overdue.status_words == "Payment failed"
        assert (overdue.amount_remaining, overdue.dunning.attempt_count) == (
            Money(168_00, "USD"),
            1,
        )
        assert overdue.dunning.last_error == "Your card was declined."
        assert overdue.dunning.next_attempt_at is not None
        collecting.move_to(overdue.dunning.next_attempt_at + MINUTE)
        assert told()[2:] == ["invoice.issued"] + ["invoice.payment_failed"] * 2

    def test_an_invoice_that_is_voided_is_told_of_and_asks_for_nothing(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        use_a_card_that_is_declined(collecting, agreement)
        renew(collecting)
        renewal = Invoice.objects.get(billing_reason="subscription_cycle")
        collecting.send("invoices.void_invoice", {}, target=renewal.stripe_id)
        collecting.listen()
        assert told()[-1] == "invoice.voided"
        renewal.refresh_from_db()
        assert describe_invoice(invoice=renewal).status_words == "Void, nothing is to be paid"
        assert find_overdue_invoice(organization=agreement.organization) is None


class TestReads:
    def test_the_newest_comes_first_and_pages_follow(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        renew(collecting)
        acme = agreement.organization
        [newest] = list_invoices(organization=acme, limit=1)
        assert newest.total == Money(168_00, "USD")
        after = get_invoice(organization=acme, public_id=newest.id)
        [oldest] = list_invoices(organization=acme, limit=10, after=after)
        assert (oldest.total, oldest.status_words) == (Money(99_00, "USD"), "Paid")
        assert oldest.hosted_url
        assert oldest.pdf_url

    def test_lines_say_what_they_charge_for(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        renew(collecting)
        renewal = Invoice.objects.get(billing_reason="subscription_cycle")
        [line] = [line for line in list_invoice_lines(invoice=renewal) if line.usage]
        settlement = Settlement.objects.get()
        assert line == InvoiceLineView(
            description=(
                "460 AI credits beyond 1,000 included, 10 Sep \N{EN DASH} 10 Oct 2026, $0.15 each"
            ),
            quantity=Decimal(460),
            unit_price=Decimal("0.15"),
            amount=Money(69_00, "USD"),
            is_proration=False,
            starts_at=SUBSCRIBED,
            ends_at=OCTOBER,
            usage=SettledUsage(settlement.public_id, "ai_credits", Period(SUBSCRIBED, OCTOBER)),
        )

    def test_a_draft_is_shown_to_nobody(self, collecting: Collecting, agreement: Agreement) -> None:
        collecting.move_to(OCTOBER + MINUTE)
        draft = Invoice.objects.get(status="draft")
        assert len(list_invoices(organization=agreement.organization, limit=10)) == 1
        with pytest.raises(InvoiceNotFound):
            get_invoice(organization=agreement.organization, public_id=draft.public_id)

    def test_a_stranger_finds_none(
        self, collecting: Collecting, agreement: Agreement, globex: Organization
    ) -> None:
        invoice = Invoice.objects.get()
        assert list_invoices(organization=globex, limit=10) == []
        with pytest.raises(InvoiceNotFound):
            get_invoice(organization=globex, public_id=invoice.public_id)
        assert get_invoice(organization=None, public_id=invoice.public_id) == invoice


class TestUpcoming:
    def test_it_is_stripes_preview_with_the_overage_so_far(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        found = upcoming(organization=agreement.organization, now=SUBSCRIBED + 2 * DAY)
        assert found is not None
        assert [line.amount for line in found.lines] == [Money(99_00, "USD"), Money(69_00, "USD")]
        assert (found.total, found.due_at) == (Money(168_00, "USD"), OCTOBER)
        assert found.lines[1] == ChargeLine(
            "AI credits beyond the allowance",
            Decimal(460),
            "credit",
            Decimal("0.15"),
            Money(69_00, "USD"),
        )

    def test_what_is_settled_and_not_invoiced_is_named(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        collecting.move_to(OCTOBER + MINUTE)
        collecting.time.now = OCTOBER + HOUR
        collecting.settle_only()
        found = upcoming(organization=agreement.organization, now=collecting.now)
        assert found is not None
        assert [(line.description, line.amount.minor) for line in found.lines][1:] == [
            (
                "460 AI credits beyond 1,000 included, 10 Sep \N{EN DASH} 10 Oct 2026, $0.15 each",
                69_00,
            )
        ]

    def test_a_coupon_is_taken_off(self, collecting: Collecting, agreement: Agreement) -> None:
        coupon = collecting.send("coupons.create", {"percent_off": 50, "duration": "forever"})
        collecting.send(
            "subscriptions.update",
            {"discounts": [{"coupon": coupon["id"]}]},
            target=collecting.subscription_of(agreement),
        )
        found = upcoming(organization=agreement.organization, now=SUBSCRIBED + 2 * DAY)
        assert found is not None
        assert [(line.description, line.amount.minor) for line in found.lines][2:] == [
            ("Discount", -49_50)
        ]
        assert found.total == Money(118_50, "USD")

    def test_without_an_answer_it_is_our_estimate(
        self, collecting: Collecting, agreement: Agreement
    ) -> None:
        collecting.sandbox.faults.turn(server_error=100)
        acme = agreement.organization
        now = SUBSCRIBED + 2 * DAY
        assert upcoming(organization=acme, now=now) == estimate_next_invoice(
            organization=acme, now=now
        )

    def test_what_stripe_does_not_collect_is_our_estimate(
        self, collecting: Collecting, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        assert upcoming(organization=acme, now=SUBSCRIBED) == estimate_next_invoice(
            organization=acme, now=SUBSCRIBED
        )
        assert collecting.client.requests == []

    def test_without_an_agreement_there_is_none(
        self, collecting: Collecting, globex: Organization
    ) -> None:
        assert upcoming(organization=globex, now=SUBSCRIBED) is None
