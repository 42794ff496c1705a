"""Orders of packs: they wait, and are granted once they are paid."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEntry, Organization, WebhookEvent
from billing.agreements.errors import OrganizationClosed
from billing.agreements.operations import cancel_agreement
from billing.models import Agreement, CreditPack, TopUp
from billing.top_ups.errors import (
    NothingToTopUp,
    OrderWaiting,
    PackChanged,
    PackNotOffered,
    TopUpEnded,
    TopUpNotFound,
)
from billing.top_ups.operations import (
    cancel_top_up,
    confirm_top_up,
    fail_top_up,
    order_top_up,
    update_pack,
)
from billing.top_ups.queries import get_pack, get_top_up, list_top_ups
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.choices import GrantCategory
from metering.ledger.audit import find_violations
from metering.models import CreditGrant
from metering.queries import get_balance
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.top_ups import NOON, make_pack, order, pack_details

PAID_AT = datetime(2026, 9, 14, 10, tzinfo=UTC)


def remaining(organization: Organization, catalog: ArticleCatalog, *, at: datetime) -> Decimal:
    balance = get_balance(organization_id=organization.pk, meter_id=catalog.meter.pk, at=at)
    return balance.remaining


def confirm(top_up: TopUp, *, reference: str = "wire 17", at: datetime = PAID_AT) -> TopUp:
    return confirm_top_up(top_up=top_up, payment_reference=reference, actor=STAFF, now=at)


def fail(top_up: TopUp) -> TopUp:
    return fail_top_up(top_up=top_up, reason="card expired", actor=STAFF, now=PAID_AT)


def cancel(top_up: TopUp) -> TopUp:
    return cancel_top_up(top_up=top_up, actor=STAFF, now=PAID_AT)


class TestOrder:
    def test_an_order_waits_and_brings_nothing_yet(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme, count=3)
        assert (ordered.status, ordered.trigger) == ("pending", "person")
        assert (ordered.credits, ordered.amount_minor, ordered.currency) == (1_500, 16_500, "USD")
        assert (ordered.ordered_at, ordered.ended_at) == (NOON, None)
        assert remaining(acme, catalog, at=NOON) == 5_000
        facts = {
            "feature": "ai_credits",
            "pack": "small",
            "pack_count": 3,
            "credits": "1500",
            "amount_minor": 16_500,
            "currency": "USD",
            "expires_after_months": 12,
            "trigger": "person",
        }
        entry = AuditEntry.objects.get(action="top_up.ordered")
        assert entry.organization == acme
        assert entry.changes == {name: [None, value] for name, value in facts.items()}
        event = WebhookEvent.objects.get(type="top_up.ordered")
        assert event.data == {
            "id": ordered.public_id,
            "feature": "ai_credits",
            "pack": "small",
            "pack_name": small.name,
            "count": 3,
            "credits": "1500",
            "amount": {"amount_minor": 16_500, "currency": "USD"},
            "expires_after_months": 12,
            "trigger": "person",
            "status": "pending",
            "ordered_at": "2026-09-12T12:00:00Z",
            "ended_at": None,
        }

    @pytest.mark.parametrize("count", [0, -1, 1_001])
    def test_a_count_that_nobody_orders_is_refused(
        self, acme: Organization, agreement: Agreement, small: CreditPack, count: int
    ) -> None:
        with pytest.raises(Invalid, match=r"An order has 1 to 1,000 packs\."):
            order(acme, count=count)

    def test_unknown_withdrawn_and_foreign_currency_packs_are_the_same_refusal(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement
    ) -> None:
        make_pack(catalog.credits, "withdrawn", is_on_sale=False)
        make_pack(catalog.credits, "euros", prices={"EUR": 5_000})
        for code in ("unknown", "withdrawn", "euros"):
            with pytest.raises(PackNotOffered, match=f"There is no pack “{code}” on sale in USD"):
                order(acme, code)

    def test_the_plan_must_count_the_feature(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement
    ) -> None:
        make_pack(catalog.documents, "documents")
        with pytest.raises(NothingToTopUp, match="The plan has no use for Documents pack"):
            order(acme, "documents")

    def test_there_must_be_a_plan(self, acme: Organization, small: CreditPack) -> None:
        with pytest.raises(NothingToTopUp, match="Acme has no plan to top up"):
            order(acme)

    def test_a_closed_organization_orders_nothing(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        Organization.objects.filter(pk=acme.pk).update(closed_at=NOON)
        with pytest.raises(OrganizationClosed):
            order(acme)

    def test_the_price_is_that_of_the_agreements_currency(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement
    ) -> None:
        make_pack(catalog.credits, prices={"USD": 5_500, "EUR": 4_900})
        assert get_pack(organization=acme, code="small").price == Money(5_500, "USD")

    def test_what_was_reviewed_is_ordered_or_nothing(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        reviewed = get_pack(organization=acme, code="small").fingerprint
        dearer = pack_details(catalog.credits, prices={"USD": 5_600}, expires_after_months=12)
        update_pack(pack=small, details=dearer, actor=STAFF, now=NOON)

        def order_reviewed() -> TopUp:
            return order_top_up(
                organization=acme,
                pack_code="small",
                pack_count=1,
                reviewed=reviewed,
                actor=STAFF,
                now=NOON,
            )

        with pytest.raises(PackChanged):
            order_reviewed()
        cheaper_again = pack_details(catalog.credits, expires_after_months=12)
        update_pack(pack=small, details=cheaper_again, actor=STAFF, now=NOON)
        assert order_reviewed().amount_minor == 5_500

    def test_a_double_click_orders_once(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        first = order(acme)
        with pytest.raises(OrderWaiting, match="An order of Small pack is waiting"):
            order(acme)
        make_pack(catalog.credits, "large")
        order(acme, "large")
        confirm(first)
        order(acme)
        assert TopUp.objects.count() == 3


class TestPaid:
    def test_credits_are_granted_from_the_payment_for_the_agreed_months(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme, count=2)
        paid = confirm(ordered)
        assert (paid.status, paid.payment_reference) == ("paid", "wire 17")
        assert paid.ended_at == PAID_AT
        grant = CreditGrant.objects.get(category=GrantCategory.PURCHASE)
        assert (grant.organization, grant.source) == (acme, ordered.public_id)
        assert (grant.amount, grant.effective_at) == (1_000, PAID_AT)
        assert grant.expires_at == datetime(2027, 9, 14, 10, tzinfo=UTC)
        assert remaining(acme, catalog, at=PAID_AT) == 6_000
        assert AuditEntry.objects.get(action="top_up.paid").changes == {
            "status": ["pending", "paid"],
            "payment_reference": [None, "wire 17"],
        }
        assert WebhookEvent.objects.get(type="top_up.paid").data["credits"] == "1000"
        assert list(find_violations()) == []

    @pytest.mark.parametrize(
        ("paid_at", "months", "expires_at"),
        [
            (datetime(2027, 1, 31, 9, tzinfo=UTC), 1, datetime(2027, 2, 28, 9, tzinfo=UTC)),
            (datetime(2027, 1, 31, 9, tzinfo=UTC), 2, datetime(2027, 3, 31, 9, tzinfo=UTC)),
            (datetime(2028, 2, 29, 9, tzinfo=UTC), 12, datetime(2029, 2, 28, 9, tzinfo=UTC)),
            (datetime(2027, 1, 31, 9, tzinfo=UTC), None, None),
        ],
    )
    def test_months_are_counted_from_the_day_of_payment(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        agreement: Agreement,
        paid_at: datetime,
        months: int | None,
        expires_at: datetime | None,
    ) -> None:
        make_pack(catalog.credits, expires_after_months=months)
        confirm(order(acme), at=paid_at)
        assert CreditGrant.objects.get(category="purchase").expires_at == expires_at

    def test_confirming_again_with_the_same_payment_changes_nothing(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        first = confirm(ordered)
        again = confirm(ordered, at=PAID_AT + timedelta(days=1))
        assert again.ended_at == first.ended_at
        assert CreditGrant.objects.filter(category="purchase").count() == 1
        assert AuditEntry.objects.filter(action="top_up.paid").count() == 1

    def test_a_second_payment_of_one_order_is_refused(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        confirm(ordered)
        with pytest.raises(TopUpEnded) as refusal:
            confirm(ordered, reference="wire 18")
        assert refusal.value.extra == {"status": "paid"}
        assert CreditGrant.objects.filter(category="purchase").count() == 1

    @pytest.mark.parametrize("reference", ["", "   ", "x" * 121, "a\nb"])
    def test_a_payment_has_a_name(
        self, acme: Organization, agreement: Agreement, small: CreditPack, reference: str
    ) -> None:
        ordered = order(acme)
        with pytest.raises(Invalid, match="The payment reference must"):
            confirm(ordered, reference=reference)

    def test_what_was_bought_outlives_the_plan(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=NOON + timedelta(hours=1))
        confirm(ordered)
        assert remaining(acme, catalog, at=PAID_AT) == 500

    def test_a_closed_organization_is_granted_nothing(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        Organization.objects.filter(pk=acme.pk).update(closed_at=NOON)
        with pytest.raises(OrganizationClosed):
            confirm(ordered)
        cancel(ordered)

    def test_a_clock_that_runs_behind_does_not_pay_before_the_order(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        paid = confirm(order(acme), at=NOON - timedelta(seconds=5))
        assert paid.ended_at == NOON
        assert CreditGrant.objects.get(category="purchase").effective_at == NOON

    @pytest.mark.parametrize(
        "killed_at",
        [
            "billing.top_ups.operations.ending.grant_credits",
            "billing.top_ups.operations.ending._end",
            "billing.top_ups.operations.ending.record",
            "billing.top_ups.operations.ending.announce",
        ],
    )
    def test_dying_between_two_steps_leaves_nothing_and_the_next_try_everything(
        self,
        acme: Organization,
        agreement: Agreement,
        small: CreditPack,
        monkeypatch: pytest.MonkeyPatch,
        killed_at: str,
    ) -> None:
        class Killed(Exception):
            pass

        def die(*_anything: object, **_more: object) -> None:
            raise Killed

        ordered = order(acme)
        with monkeypatch.context() as patch:
            patch.setattr(killed_at, die)
            with pytest.raises(Killed):
                confirm(ordered)
        assert TopUp.objects.get().status == "pending"
        assert not CreditGrant.objects.filter(category="purchase").exists()
        confirm(ordered)
        assert CreditGrant.objects.filter(category="purchase").count() == 1
        assert WebhookEvent.objects.filter(type="top_up.paid").count() == 1


class TestNotPaid:
    @pytest.mark.parametrize(
        ("end", "status", "told"),
        [(fail, "failed", "top_up.failed"), (cancel, "canceled", "top_up.canceled")],
    )
    def test_nothing_is_granted_and_it_is_told(
        self,
        acme: Organization,
        agreement: Agreement,
        small: CreditPack,
        end: Callable[[TopUp], TopUp],
        status: str,
        told: str,
    ) -> None:
        ended = end(order(acme))
        assert (ended.status, ended.ended_at) == (status, PAID_AT)
        assert not CreditGrant.objects.filter(category="purchase").exists()
        assert AuditEntry.objects.get(action=told).changes == {"status": ["pending", status]}
        assert WebhookEvent.objects.get(type=told).data["id"] == ended.public_id

    @pytest.mark.parametrize("end", [confirm, fail, cancel])
    @pytest.mark.parametrize("before", [fail, cancel])
    def test_an_order_ends_once(
        self,
        acme: Organization,
        agreement: Agreement,
        small: CreditPack,
        before: Callable[[TopUp], TopUp],
        end: Callable[[TopUp], TopUp],
    ) -> None:
        ordered = order(acme)
        before(ordered)
        with pytest.raises(TopUpEnded):
            end(ordered)

    def test_what_is_paid_is_neither_failed_nor_canceled(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        confirm(ordered)
        for end in (fail, cancel):
            with pytest.raises(TopUpEnded, match="ended already: Paid"):
                end(ordered)


class TestReads:
    def test_orders_are_listed_newest_first_and_to_their_owner_alone(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        globex: Organization,
        agreement: Agreement,
        small: CreditPack,
    ) -> None:
        first = confirm(order(acme))
        second = order(acme, count=2)
        make_agreement(globex, "starter")
        theirs = order(globex)
        listed = list_top_ups(organization=acme, feature="ai_credits", limit=10)
        assert [one.id for one in listed] == [second.public_id, first.public_id]
        assert asdict(listed[0]) | {"id": "", "amount": ""} == {
            "id": "",
            "feature": "ai_credits",
            "pack_code": "small",
            "pack_name": "Small pack",
            "pack_count": 2,
            "credits": 1_000,
            "unit_plural": "credits",
            "amount": "",
            "expires_after_months": 12,
            "trigger": "person",
            "status": "pending",
            "ordered_at": NOON,
            "ended_at": None,
        }
        assert listed[0].amount == Money(11_000, "USD")
        assert list_top_ups(organization=acme, feature="documents", limit=10) == []
        with pytest.raises(TopUpNotFound):
            get_top_up(organization=acme, public_id=theirs.public_id)
