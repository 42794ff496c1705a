"""What was settled is on one invoice, to the cent, whatever happens meanwhile."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
import stripe as Stripe
from django.db import connections

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.choices import Collection
from billing.models import Agreement, Invoice, InvoiceLine, SettlementCharge, StripeIntent
from billing.stripe.gateway.client import use_http_client
from billing.stripe.gateway.errors import StripeRefused, StripeUnavailable
from billing.stripe.settling import drafts, operations, standing
from billing.stripe.settling.operations import (
    collect_all_overage,
    collect_overage,
    look_for_invoices,
)
from billing.usage.operations import reverse_usage
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
from tests.factories.catalog import STAFF, ArticleCatalog, fixed, make_plan, make_version, metered
from tests.factories.pricing import graduated
from tests.support.stripe_sandbox import BROKEN

from .collecting import Collecting, Line, charges, copies

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 8, tzinfo=UTC)
IN_OCTOBER = "460 AI credits beyond 1,000 included, 10 Sep \N{EN DASH} 10 Oct 2026, $0.15 each"
IN_NOVEMBER = "100 AI credits beyond 1,000 included, 10 Oct \N{EN DASH} 10 Nov 2026, $0.15 each"


@pytest.fixture
def agreement(collecting: Collecting, catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme's, on Starter, with 460 credits beyond the 1,000 of its first month."""
    sold = collecting.sell(acme, catalog.starter)
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    return sold


def renew(collecting: Collecting, at: datetime = OCTOBER) -> None:
    """Let a renewal come, and all that follows from it within three hours."""
    collecting.move_to(at + MINUTE)
    collecting.move_to(at + HOUR + MINUTE)
    collecting.sweep()
    collecting.move_to(at + 3 * HOUR)
    collecting.sweep()


def take_back(event_id: str, organization: Organization, *, at: datetime) -> None:
    reverse_usage(organization_id=organization.pk, event_id=event_id, reason="a mistake", now=at)


def miss_the_renewal(collecting: Collecting) -> None:
    """Let a renewal come and become final while nobody listens."""
    for at in (OCTOBER + MINUTE, OCTOBER + 2 * HOUR):
        collecting.time.now = at
        collecting.sandbox.run_due()


def test_the_draft_of_a_renewal_waits_for_the_month_to_be_settled(
    collecting: Collecting, agreement: Agreement
) -> None:
    collecting.move_to(OCTOBER + MINUTE)
    [_, draft] = collecting.invoices(agreement)
    assert (draft.status, draft.auto_advance) == ("draft", False)
    collecting.move_to(OCTOBER + DAY)
    [_, draft] = collecting.invoices(agreement)
    assert (draft.status, draft.total) == ("draft", 99_00)
    assert charges() == []


def test_460_credits_beyond_1_000_are_one_line_on_the_renewal(
    collecting: Collecting, agreement: Agreement
) -> None:
    renew(collecting)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]
    [_, renewal] = collecting.invoices(agreement)
    [line] = [line for line in renewal.lines if "settlement" in line.metadata]
    assert (line.quantity, line.unit_price) == (Decimal(460), Decimal(15))
    assert (line.starts_at, line.ends_at) == (SUBSCRIBED, OCTOBER)
    assert (renewal.total, renewal.amount_paid) == (168_00, 168_00)


def test_the_charge_and_the_copy_of_the_invoice_follow(
    collecting: Collecting, agreement: Agreement
) -> None:
    renew(collecting)
    [charge] = SettlementCharge.objects.select_related("settlement")
    invoice = Invoice.objects.get(billing_reason="subscription_cycle")
    assert (charge.status, charge.settlement.amount_minor) == ("invoiced", 69_00)
    assert (charge.stripe_invoice_id, charge.invoiced_at) == (
        invoice.stripe_id,
        invoice.finalized_at,
    )
    line = InvoiceLine.objects.get(settlement=charge.settlement)
    assert (line.invoice, line.amount_minor, line.unit_price) == (invoice, 69_00, Decimal("0.15"))
    assert copies() == [
        ("paid", "subscription_create", 99_00),
        ("paid", "subscription_cycle", 168_00),
    ]


def test_a_month_without_overage_has_no_line_and_does_not_stop_the_renewal(
    collecting: Collecting, catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = collecting.sell(acme, catalog.starter)
    use(acme, "evt_1", 1_000, at=SUBSCRIBED + DAY)
    renew(collecting)
    assert collecting.lines_of_overage(agreement) == []
    assert charges() == []
    assert copies()[-1] == ("paid", "subscription_cycle", 99_00)


def test_each_month_is_on_its_own_renewal(collecting: Collecting, agreement: Agreement) -> None:
    renew(collecting)
    use(agreement.organization, "evt_2", 1_100, at=OCTOBER + DAY)
    renew(collecting, NOVEMBER)
    assert collecting.lines_of_overage(agreement) == [
        Line("paid", IN_OCTOBER, 69_00),
        Line("paid", IN_NOVEMBER, 15_00),
    ]


def test_two_months_that_are_settled_late_are_each_on_their_own_renewal(
    collecting: Collecting, agreement: Agreement
) -> None:
    use(agreement.organization, "evt_2", 1_100, at=OCTOBER + DAY)
    collecting.move_to(OCTOBER + MINUTE)
    collecting.move_to(NOVEMBER + MINUTE)
    collecting.move_to(NOVEMBER + 2 * HOUR)
    collecting.sweep()
    [_, first, second] = collecting.invoices(agreement)
    assert [line.description for line in first.lines if "settlement" in line.metadata] == [
        IN_OCTOBER
    ]
    assert (first.total, second.total) == (168_00, 114_00)


def test_a_renewal_that_was_final_before_anybody_heard_of_it_leaves_an_invoice_of_its_own(
    collecting: Collecting, agreement: Agreement
) -> None:
    miss_the_renewal(collecting)
    collecting.sweep()
    collecting.move_to(OCTOBER + 4 * HOUR)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]
    assert copies() == [
        ("paid", "subscription_create", 99_00),
        ("paid", "manual", 69_00),
        ("paid", "subscription_cycle", 99_00),
    ]


def test_a_draft_of_which_no_event_told_is_found(
    collecting: Collecting, agreement: Agreement
) -> None:
    collecting.time.now = OCTOBER + MINUTE
    collecting.sandbox.run_due()
    look_for_invoices(now=collecting.now)
    collect_all_overage(now=collecting.now)
    collecting.time.now = OCTOBER + 2 * HOUR
    collecting.sandbox.run_due()
    collecting.sweep()
    assert collecting.lines_of_overage(agreement) == [Line("open", IN_OCTOBER, 69_00)]


def test_each_month_of_a_yearly_agreement_is_an_invoice_of_its_own(
    collecting: Collecting, catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = collecting.sell(acme, catalog.starter, interval="year")
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    renew(collecting)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]
    assert copies() == [("paid", "subscription_create", 990_00), ("paid", "manual", 69_00)]


def test_the_last_month_of_an_agreement_that_has_ended_is_an_invoice_of_its_own(
    collecting: Collecting, agreement: Agreement
) -> None:
    collecting.move_to(SUBSCRIBED + 2 * DAY)
    collecting.cancel(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="asked for", now=collecting.now)
    collecting.move_to(SUBSCRIBED + 2 * DAY + 2 * HOUR)
    collecting.sweep()
    collecting.move_to(SUBSCRIBED + 3 * DAY)
    [line] = collecting.lines_of_overage(agreement)
    assert (line.status, line.amount) == ("paid", 69_00)


def test_the_last_month_before_a_cancellation_at_its_end_is_an_invoice_of_its_own(
    collecting: Collecting, agreement: Agreement
) -> None:
    collecting.send(
        "subscriptions.update",
        {"cancel_at_period_end": True},
        target=collecting.subscription_of(agreement),
    )
    renew(collecting)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]
    assert copies()[-1] == ("paid", "manual", 69_00)


def test_an_invoice_of_its_own_is_paid_by_the_card_of_the_subscription(
    collecting: Collecting, agreement: Agreement
) -> None:
    """Stripe's payment page keeps the card with the subscription, not with its customer."""
    customer = collecting.customer_of(agreement)
    method = collecting.send(
        "payment_methods.attach", {"customer": customer}, target="pm_card_visa"
    )
    collecting.send(
        "subscriptions.update",
        {"default_payment_method": method["id"]},
        target=collecting.subscription_of(agreement),
    )
    collecting.send(
        "customers.update", {"invoice_settings": {"default_payment_method": ""}}, target=customer
    )
    miss_the_renewal(collecting)
    collecting.sweep()
    collecting.move_to(OCTOBER + 4 * HOUR)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]


def test_what_is_taken_back_is_on_the_next_renewal(
    collecting: Collecting, agreement: Agreement
) -> None:
    acme = agreement.organization
    use(acme, "evt_2", 40, at=SUBSCRIBED + 2 * DAY)
    renew(collecting)
    take_back("evt_2", acme, at=OCTOBER + DAY)
    collecting.move_to(OCTOBER + DAY)
    collecting.sweep()
    assert charges() == [("invoiced", 75_00), ("planned", -6_00)]
    renew(collecting, NOVEMBER)
    assert collecting.lines_of_overage(agreement)[1:] == [
        Line("paid", "40 AI credits taken back, 10 Sep \N{EN DASH} 10 Oct 2026", -6_00)
    ]
    assert copies()[-1] == ("paid", "subscription_cycle", 93_00)


def test_what_an_invoice_has_no_room_for_is_on_the_next_one(
    collecting: Collecting, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (drafts, standing):
        monkeypatch.setattr(module, "MOST_LINES", 3)
    acme = agreement.organization
    mistakes = [f"mistake_{number}" for number in range(3)]
    for event_id in mistakes:
        use(acme, event_id, 40, at=SUBSCRIBED + 2 * DAY)
    renew(collecting)
    for event_id in mistakes:
        take_back(event_id, acme, at=OCTOBER + DAY)
    collecting.move_to(OCTOBER + DAY)
    collecting.sweep()

    renew(collecting, NOVEMBER)
    assert copies()[-1] == ("paid", "subscription_cycle", 87_00)
    renew(collecting, DECEMBER)

    assert copies()[-1] == ("paid", "subscription_cycle", 93_00)
    assert charges() == [("invoiced", 87_00)] + [("invoiced", -6_00)] * 3


def test_what_is_given_back_twice_on_one_invoice_is_first_what_is_still_owed(
    collecting: Collecting, agreement: Agreement
) -> None:
    acme = agreement.organization
    use(acme, "evt_2", 40, at=SUBSCRIBED + DAY)
    use(acme, "evt_3", 20, at=SUBSCRIBED + DAY)
    collecting.move_to(SUBSCRIBED + 2 * DAY)
    collecting.cancel(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="asked for", now=collecting.now)
    pay_in_vain(collecting, agreement)
    # All but $2 of the last invoice is paid from the customer's balance.
    collecting.send(
        "customers.update", {"balance": -76_00}, target=collecting.customer_of(agreement)
    )
    collecting.move_to(SUBSCRIBED + 2 * DAY + 2 * HOUR)
    collecting.sweep()
    collecting.move_to(SUBSCRIBED + 3 * DAY)
    take_back("evt_2", acme, at=collecting.now)
    take_back("evt_3", acme, at=collecting.now)

    collecting.sweep()

    assert charges() == [("invoiced", 78_00), ("invoiced", -6_00), ("invoiced", -3_00)]
    assert collecting.balance(agreement) == -7_00


def test_what_stripe_refuses_of_one_agreement_does_not_hold_up_the_next(
    collecting: Collecting, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def refuse(billed: object, **_: object) -> None:
        seen.append(billed)
        raise StripeRefused("not this one")

    monkeypatch.setattr(operations, "_plan", lambda *_, **__: ["the old one", "the new one"])
    monkeypatch.setattr(operations, "look_at_stripe", lambda *, agreement, now: agreement)
    monkeypatch.setattr(operations, "_collect", refuse)

    with pytest.raises(StripeRefused):
        collect_overage(organization_id=agreement.organization_id, now=collecting.now)

    assert seen == ["the old one", "the new one"]


def pay_in_vain(collecting: Collecting, agreement: Agreement) -> None:
    """Give the customer a card that is declined."""
    customer = collecting.customer_of(agreement)
    method = collecting.send(
        "payment_methods.attach", {"customer": customer}, target="pm_card_chargeCustomerFail"
    )
    collecting.send(
        "customers.update",
        {"invoice_settings": {"default_payment_method": method["id"]}},
        target=customer,
    )


def test_what_is_taken_back_after_the_end_is_a_credit_note(
    collecting: Collecting, agreement: Agreement
) -> None:
    acme = agreement.organization
    use(acme, "evt_2", 40, at=SUBSCRIBED + 2 * DAY)
    renew(collecting)
    collecting.move_to(OCTOBER + DAY)
    collecting.cancel(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="asked for", now=collecting.now)
    take_back("evt_2", acme, at=collecting.now)
    collecting.move_to(OCTOBER + 2 * DAY)
    collecting.sweep()
    assert charges() == [("invoiced", 75_00), ("invoiced", -6_00)]
    assert SettlementCharge.objects.latest("pk").item_id.startswith("cn_")
    assert collecting.balance(agreement) == -6_00
    collecting.sweep()
    assert collecting.balance(agreement) == -6_00


def test_an_amount_that_no_price_makes_is_one_line_that_says_how_it_came_about(
    collecting: Collecting, catalog: ArticleCatalog, acme: Organization
) -> None:
    version = make_version(
        make_plan(catalog.current, "tiered"),
        metered(catalog.credits, 0, overage=graduated(("1000", "0.01"), (None, "0.008"))),
        prices=(fixed("10"),),
    )
    agreement = collecting.sell(acme, version)
    use(acme, "evt_1", 1_500, at=SUBSCRIBED + DAY)
    renew(collecting)
    assert collecting.lines_of_overage(agreement) == [
        Line(
            "paid",
            "1,500 AI credits, 10 Sep \N{EN DASH} 10 Oct 2026,"
            " first 1,000 at $0.01 each, then at $0.008 each",
            14_00,
        )
    ]


def test_a_fraction_of_a_cent_is_rounded_once_and_billed_as_settled(
    collecting: Collecting, catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = collecting.sell(acme, catalog.starter)
    use(acme, "evt_1", "1000.3", at=SUBSCRIBED + DAY)
    renew(collecting)
    [line] = collecting.lines_of_overage(agreement)
    assert line.amount == 5
    [_, renewal] = collecting.invoices(agreement)
    [billed] = [line for line in renewal.lines if "settlement" in line.metadata]
    assert billed.quantity == 1


@pytest.mark.parametrize("collection", [Collection.FREE, Collection.NOT_CONNECTED])
def test_what_stripe_does_not_collect_has_no_charge(
    collecting: Collecting, catalog: ArticleCatalog, acme: Organization, collection: str
) -> None:
    agreement = make_agreement(acme, "starter")
    agreement.collection = collection
    agreement.save(update_fields=["collection"])
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    collecting.time.now = OCTOBER + 2 * HOUR
    collecting.sweep()
    assert charges() == []
    assert StripeIntent.objects.count() == 0


def test_a_draft_that_staff_hold_back_stays_a_draft(
    collecting: Collecting, agreement: Agreement
) -> None:
    collecting.time.now = OCTOBER + MINUTE
    collecting.sandbox.run_due()
    [_, draft] = collecting.invoices(agreement)
    collecting.send("invoices.update", {"auto_advance": False}, target=draft.id)
    collecting.listen()
    collecting.time.now = OCTOBER + DAY
    collecting.sweep()
    collecting.sweep()
    assert collecting.lines_of_overage(agreement) == [Line("draft", IN_OCTOBER, 69_00)]


def test_sweeping_again_asks_stripe_to_change_nothing(
    collecting: Collecting, agreement: Agreement
) -> None:
    renew(collecting)
    collecting.client.requests.clear()
    collecting.sweep()
    collect_overage(organization_id=agreement.organization_id, now=collecting.now)
    assert [method for method, _ in collecting.client.requests if method == "POST"] == []


class BrokenLine(Stripe.HTTPClient):
    """A line that breaks at one of the writes, before it arrives or before it is answered."""

    name = "broken"

    def __init__(self, collecting: Collecting, *, at: int, breaks: str) -> None:
        super().__init__()
        self._client, self._left, self._breaks = collecting.client, at, breaks

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        is_write = method.upper() != "GET"
        is_struck = is_write and self._left == 0
        self._left -= is_write
        if is_struck and self._breaks == "before":
            raise BROKEN("The line is cut.", should_retry=False)
        answer = self._client.request(method, url, headers, post_data)
        if is_struck:
            raise BROKEN("The line is cut.", should_retry=False)
        return answer


@pytest.mark.parametrize("breaks", ["before", "after"])
@pytest.mark.parametrize("at", range(3))
def test_a_call_that_is_lost_is_made_up_for_and_charges_nothing_twice(
    collecting: Collecting, agreement: Agreement, at: int, breaks: str
) -> None:
    """An invoice of its own takes three calls: it is made, filled and finalized."""
    miss_the_renewal(collecting)
    settle(agreement.organization, at=collecting.now)
    with (
        use_http_client(BrokenLine(collecting, at=at, breaks=breaks)),
        pytest.raises(StripeUnavailable),
    ):
        collect_overage(organization_id=agreement.organization_id, now=collecting.now)
    collecting.sweep()
    collecting.move_to(OCTOBER + 4 * HOUR)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]
    assert charges() == [("invoiced", 69_00)]
    assert len(collecting.invoices(agreement)) == 3


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_make_one_line(
    collecting: Collecting, agreement: Agreement
) -> None:
    miss_the_renewal(collecting)
    settle(agreement.organization, at=collecting.now)

    def collect() -> None:
        try:
            collect_overage(organization_id=agreement.organization_id, now=collecting.now)
        finally:
            connections.close_all()

    threads = [Thread(target=collect) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    collecting.move_to(OCTOBER + 4 * HOUR)
    assert collecting.lines_of_overage(agreement) == [Line("paid", IN_OCTOBER, 69_00)]
    assert charges() == [("invoiced", 69_00)]
