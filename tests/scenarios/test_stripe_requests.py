"""
Every call that the code can make is made here once, and is valid by Stripe's own description.

Which calls there are is read from the source: one that is added without a scene here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.audit.actor import Actor
from billing.agreements.operations import bring_all_current
from billing.choices import MoneyCreditCause, OverageCollection
from billing.models import Invoice, Plan, PlanVersion, StripeEndpoint, StripeIntent, TopUp
from billing.money_credits.operations import MoneyCreditOrder, grant_money_credit
from billing.settlements.operations import close_due_periods
from billing.stripe import rehearsal as rehearsals
from billing.stripe import setting_up
from billing.stripe.gateway import reading
from billing.stripe.gateway.client import ask
from billing.stripe.gateway.errors import CardRefused, KeyRefused, ObjectMissing
from billing.stripe.gateway.facts import AddressFacts
from billing.stripe.inbox import catch_up
from billing.stripe.intents import finish_open_intents, labels
from billing.stripe.journeys import details
from billing.stripe.journeys.cards import open_portal
from billing.stripe.journeys.changes import undo_change
from billing.stripe.journeys.customers import find_customer
from billing.stripe.journeys.endings import end_at_period_end, end_now, go_on
from billing.stripe.journeys.top_ups import pay_with_card, start_payment, take_back
from billing.stripe.publishing import check_drift, publish_waiting, repair_plan
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.rehearsal import Subscribing, begin_rehearsal, ensure_coupon
from billing.stripe.settling.money_credits import settle_all_money_credits
from billing.stripe.settling.operations import collect_all_overage, look_for_invoices
from billing.usage.operations import reverse_usage
from config.kernel.money import Money
from tests.factories.accounts import make_organization
from tests.factories.agreements import use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_plan,
    make_version,
    metered,
)
from tests.factories.top_ups import make_pack, order
from tests.support.dying import Death, Died, mortal
from tests.support.paying import pay
from tests.support.recording import address_of, named_operations, recorded
from tests.support.shopping import RETURNS, Shopper, make_shopper
from tests.support.stripe_at_hand import StripeAtHand, stripe

__all__ = ["stripe"]

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Scene = Callable[[StripeAtHand, ArticleCatalog, pytest.MonkeyPatch], None]


def set_up(stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account is made ready; again with a lost secret, another wish, and a restricted key."""
    list(setting_up.set_up(now=stripe.now))
    [endpoint] = stripe.ask("webhook_endpoints.list")["data"]
    stripe.ask("webhook_endpoints.update", target=endpoint["id"], disabled=True)
    setting_up.bring_endpoint_level()
    StripeEndpoint.objects.all().delete()
    setting_up.bring_endpoint_level()

    def ask_restricted(operation: str, *given: object, **named: object) -> object:
        if operation == "accounts.retrieve_current":
            raise KeyRefused("not for this key")
        return ask(operation, *given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(setting_up, "ask", ask_restricted)
        list(setting_up.set_up(now=stripe.now))
    catch_up(now=stripe.now)


def publish(stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are published, renamed, sold at another price, and repaired."""
    publish_waiting(now=stripe.now)
    metered_plan = counted(catalog)
    Plan.objects.filter(code="starter").update(name="Beginner")
    make_version(
        catalog.starter.plan,
        metered(catalog.credits, 900, overage="0.15"),
        prices=(fixed("109"), fixed("1090", interval="year")),
        published_at=stripe.now,
    )
    publish_waiting(now=stripe.now)
    [meter] = stripe.ask("billing.meters.list")["data"]
    stripe.ask("billing.meters.deactivate", target=meter["id"])
    check_drift(now=stripe.now)
    repair_plan(plan=metered_plan.plan, actor=STAFF, now=stripe.now)


def counted(catalog: ArticleCatalog) -> PlanVersion:
    """A plan whose overage Stripe's meter counts."""
    return make_version(
        make_plan(catalog.current, "counted"),
        metered(catalog.credits, 1_000, overage="0.15"),
        prices=(fixed("99"), fixed("990", interval="year")),
        overage_collection=OverageCollection.BILLING_METER,
    )


def subscribe(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the pricing page to an agreement, with all that Stripe tells of it."""
    shopper = make_shopper(stripe, "Subscriber")
    shopper.go_to_checkout("starter")
    shopper.subscribe("starter")
    open_portal(
        organization=shopper.organization, return_url="https://portal.example/", now=stripe.now
    )
    stripe.deliver()


def try_out(stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial that asks for a card: nothing is charged, and the card is kept."""
    make_version(
        make_plan(catalog.current, "tryout"),
        metered(catalog.credits, 500),
        prices=(fixed("49"),),
        trial_days=14,
    )
    publish_waiting(now=stripe.now)
    make_shopper(stripe, "Trying").subscribe("tryout")
    stripe.deliver()


def change(stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up, down, not down, away, not away, and over at once."""
    shopper = make_shopper(stripe, "Changer")
    shopper.subscribe("starter")
    shopper.change(plan_code="professional")
    shopper.change(plan_code="starter")
    stripe.deliver()
    undo_change(agreement=shopper.agreement, actor=shopper.alice, now=stripe.now)
    end_at_period_end(
        agreement=shopper.agreement, feedback=None, comment="", actor=shopper.alice, now=stripe.now
    )
    go_on(agreement=shopper.agreement, actor=shopper.alice, now=stripe.now)
    end_now(agreement=shopper.agreement, refunds_rest=True, actor=STAFF, reason="", now=stripe.now)
    stripe.deliver()


def buy_packs(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the payment page; with the card; with one that is refused; not at all after all."""
    make_pack(catalog.credits)
    shopper = make_shopper(stripe, "Buyer")
    shopper.subscribe("starter")
    stripe.deliver()
    checkout = start_payment(top_up=ordered(shopper), returns=RETURNS, now=stripe.now)
    assert pay(stripe, checkout.url) == 303
    shopper.come_back(checkout)
    pay_with_card(top_up=ordered(shopper), now=stripe.now)
    stripe.deliver()
    drafted = ordered(shopper)
    with mortal(Death("before the call", 3), monkeypatch), pytest.raises(Died):
        pay_with_card(top_up=drafted, now=stripe.now)
    give_up(drafted, shopper.alice, stripe)
    shopper.use_card("pm_card_chargeCustomerFail", key="bad")
    refused = ordered(shopper)
    with pytest.raises(CardRefused):
        pay_with_card(top_up=refused, now=stripe.now)
    give_up(refused, shopper.alice, stripe)


def ordered(shopper: Shopper) -> TopUp:
    """One more order of a pack."""
    return order(shopper.organization, at=shopper.now)


def give_up(top_up: TopUp, actor: Actor, stripe: StripeAtHand) -> None:
    """An order is taken back before it is paid."""
    take_back(top_up=top_up, actor=actor, reason="", now=stripe.now)


def settle(stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month with overage on its renewal, one after the end, and some of that given back."""
    shopper = make_shopper(stripe, "Heavy user")
    shopper.subscribe("starter")
    ensure_coupon(code="WELCOME", name="Welcome", percent_off=20, now=stripe.now)
    [subscription] = stripe.ask("subscriptions.list", customer=shopper.customer_id)["data"]
    stripe.ask(
        "subscriptions.update",
        target=subscription["id"],
        discounts=[{"coupon": "tallybook_welcome"}],
    )
    use(shopper.organization, "september", 1_460, at=stripe.now)
    use(shopper.organization, "mistaken", 100, at=stripe.now)
    a_month_passes(shopper)
    end_at_period_end(
        agreement=shopper.agreement, feedback=None, comment="", actor=shopper.alice, now=stripe.now
    )
    use(shopper.organization, "october", 1_200, at=stripe.now)
    a_month_passes(shopper)
    reverse_usage(
        organization_id=shopper.organization.pk,
        event_id="mistaken",
        reason="wrong customer",
        now=stripe.now,
    )
    collect_all_overage(now=stripe.now)
    # 100 credits for $0.15, of which the coupon paid a fifth.
    owner = stripe.ask("customers.retrieve", target=shopper.customer_id)
    assert owner["balance"] == -12_00
    look_for_invoices(now=stripe.now)
    reconcile(now=stripe.now, everything=True)


def a_month_passes(shopper: Shopper) -> None:
    """The period ends, it is settled, and its invoice is paid."""
    stripe = shopper.stripe
    stripe.now += timedelta(days=31, minutes=1)
    stripe.run_due()
    for _ in range(3):
        stripe.now += timedelta(hours=1)
        bring_all_current(now=stripe.now)
        close_due_periods(now=stripe.now)
        collect_all_overage(now=stripe.now)
        stripe.run_due()


def report_to_a_meter(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overage is reported, and taken back in part."""
    shopper = make_shopper(stripe, "Metered user")
    shopper.subscribe("counted", interval="year")
    use(shopper.organization, "kept", 1_460, at=stripe.now)
    use(shopper.organization, "too many", 40, at=stripe.now)
    a_month_passes(shopper)
    reverse_usage(
        organization_id=shopper.organization.pk,
        event_id="too many",
        reason="a mistake",
        now=stripe.now,
    )
    collect_all_overage(now=stripe.now)
    reconcile(now=stripe.now)


def read_a_long_invoice(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More lines than Stripe tells at once."""
    customer = stripe.ask("customers.create", name="Many")["id"]
    invoice = stripe.ask("invoices.create", customer=customer)["id"]
    for number in range(12):
        stripe.ask(
            "invoice_items.create",
            customer=customer,
            invoice=invoice,
            amount=number + 1,
            currency="usd",
        )
    assert len(reading.retrieve_invoice(invoice).lines) == 12


def rehearse(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A customer who lives by a test clock."""
    organization = make_organization("Rehearsing")
    rehearsal = begin_rehearsal(organization=organization, starts_at=stripe.now)
    rehearsal.give_card("pm_card_visa", now=stripe.now)
    rehearsal.subscribe(
        Subscribing(version=catalog.professional, interval="month", currency="USD"),
        now=stripe.now,
    )
    # Time is Stripe's to let pass.
    monkeypatch.setattr(rehearsals, "rest", lambda _milliseconds: stripe.run_due())
    rehearsal.move_to(stripe.now + DAY)


def be_billed(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company says what its invoices are to say of it."""
    shopper = make_shopper(stripe, "Billed")
    shopper.subscribe("starter")
    company = shopper.organization
    asker: dict[str, Any] = {"actor": shopper.alice, "now": stripe.now}
    address = AddressFacts(line1="Ring 1", postal_code="10115", city="Berlin", country="DE")
    details.change_details(organization=company, name="Billed GmbH", address=address, **asker)
    details.add_tax_id(organization=company, kind="eu_vat", value="DE123456789", **asker)
    found = details.find_details(customer=find_customer(organization=company))
    assert found is not None
    [tax_id] = found.tax_ids
    details.remove_tax_id(organization=company, tax_id=tax_id.id, **asker)


def give_money_back(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A customer gets money back, and what no invoice has used of it is taken back in the end."""
    shopper = make_shopper(stripe, "Recipient")
    shopper.subscribe("starter")
    order = MoneyCreditOrder(
        amount=Money(2_500, "USD"),
        cause=MoneyCreditCause.MANUAL,
        source="outage",
        reason="For the outage",
        expires_at=stripe.now + DAY,
    )
    grant_money_credit(organization=shopper.organization, order=order, actor=STAFF, now=stripe.now)
    settle_all_money_credits(now=stripe.now)
    settle_all_money_credits(now=stripe.now + DAY)


def look_for_lost_calls(
    stripe: StripeAtHand, catalog: ArticleCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun more than a day ago is looked for by its label, whatever it was."""
    customer = stripe.ask("customers.create", name="Lost")["id"]
    for operation in [*labels.CREATIONS, *labels.CHANGES]:
        StripeIntent.objects.create(
            operation=operation,
            key=f"lost:{operation}",
            params={"customer": customer} if "invoice" in operation else {},
            object_id="" if operation in labels.CREATIONS else "lost",
            requested_at=stripe.now - 2 * DAY,
            next_attempt_at=stripe.now,
        )
    StripeIntent.objects.create(
        operation="customers.tax_ids.create",
        key="lost:tax id",
        params={"type": "eu_vat", "value": "DE123456789"},
        object_id=customer,
        requested_at=stripe.now - 2 * DAY,
        next_attempt_at=stripe.now,
    )
    finish_open_intents(now=stripe.now)
    assert set(
        StripeIntent.objects.filter(key__startswith="lost:").values_list("status", flat=True)
    ) == {"abandoned"}
    for operation in labels.DELETIONS:
        StripeIntent.objects.create(
            operation=operation,
            key=f"gone:{operation}",
            params={},
            object_id=f"{customer}/gone" if "tax_ids" in operation else "gone",
            requested_at=stripe.now - 2 * DAY,
            next_attempt_at=stripe.now,
        )
    finish_open_intents(now=stripe.now)
    assert set(
        StripeIntent.objects.filter(key__startswith="gone:").values_list("status", flat=True)
    ) == {"done"}


SCENES: tuple[Scene, ...] = (
    set_up, publish, subscribe, try_out, change, buy_packs, read_a_long_invoice, rehearse,
    be_billed, give_money_back, look_for_lost_calls, report_to_a_meter, settle,
)  # fmt: skip


def test_every_call_that_the_code_names_is_made_and_valid_by_stripes_description(
    stripe: StripeAtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = make_article_catalog()
    with recorded() as recorder:
        for scene in SCENES:
            scene(stripe, catalog, monkeypatch)

    wanted = {address_of(operation): operation for operation in named_operations()}
    missing = {operation for address, operation in wanted.items() if address not in recorder.calls}
    assert missing == set()
    faults = {address: calls.faults for address, calls in recorder.calls.items() if calls.faults}
    assert faults == {}
    # Nor is anything asked that no source names, but by dj-stripe while it copies a product.
    assert set(recorder.calls) - set(wanted) <= {("GET", "/v1/products/{product}/features")}
    assert Invoice.objects.exists()


def test_a_call_that_stripe_would_not_take_is_noted(stripe: StripeAtHand) -> None:
    """The recorder can tell: this is what it says of a parameter that there is not."""
    with recorded() as recorder, pytest.raises(ObjectMissing):
        reading.retrieve_invoice("in_nobody_has")
    [calls] = recorder.calls.values()
    assert (calls.count, calls.parameters, calls.faults) == (1, {"expand[]"}, set())

    recorder.note("POST", "http://stripe.sandbox/v1/customers", "nam=Acme")
    recorder.note("POST", "http://stripe.sandbox/v1/custommers", "name=Acme")

    assert recorder.calls["POST", "/v1/customers"].faults == {"Received unknown parameter: nam"}
    assert recorder.calls["POST", "/v1/custommers"].faults == {"no such operation"}
