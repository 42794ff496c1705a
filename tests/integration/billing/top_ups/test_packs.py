"""Packs: what staff define, change and withdraw."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry, Organization
from billing.catalog.codes import CodeTaken
from billing.models import Agreement, CreditPack, PackPrice, TopUp
from billing.top_ups.errors import PackFixed
from billing.top_ups.operations import create_pack, update_pack, withdraw_pack
from billing.top_ups.queries import list_packs
from config.kernel.errors import Invalid
from config.kernel.money import Money
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.top_ups import make_pack, order, pack_details

NOW = datetime(2026, 9, 12, 9, tzinfo=UTC)


def test_a_pack_has_a_price_in_each_currency_and_is_audited(catalog: ArticleCatalog) -> None:
    details = pack_details(
        catalog.credits, prices={"USD": 5_500, "EUR": 4_900}, expires_after_months=12
    )
    pack = create_pack(details=details, actor=STAFF, now=NOW)
    prices = PackPrice.objects.order_by("currency").values_list("currency", "amount_minor")
    assert list(prices) == [("EUR", 4_900), ("USD", 5_500)]
    entry = AuditEntry.objects.get(action="credit_pack.created")
    assert (entry.target, entry.actor) == (pack.public_id, STAFF.label)
    assert entry.changes == {
        "code": [None, "small"],
        "name": [None, "Small pack"],
        "feature": [None, "ai_credits"],
        "credits": [None, "500"],
        "prices": [None, {"EUR": 4_900, "USD": 5_500}],
        "expires_after_months": [None, 12],
        "is_on_sale": [None, True],
        "position": [None, 0],
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "No good"}, "A code has at most 63 small letters"),
        ({"credits": Decimal(0)}, "The size of a pack must be above 0 and at most 100,000,000"),
        ({"credits": Decimal("0.0000001")}, "with at most 6 decimals"),
        ({"credits": Decimal("NaN")}, "The size of a pack must be above 0"),
        ({"credits": Decimal(10) ** 9}, "at most 100,000,000"),
        ({"prices": {}}, "A pack on sale has a price."),
        ({"prices": {"USD": 0}}, "A pack cannot have this price in USD."),
        ({"prices": {"USD": 10**9}}, "A pack cannot have this price in USD."),
        ({"prices": {"XXX": 5}}, "ISO 4217"),
        ({"expires_after_months": 0}, "Credits expire after 1 to 120 months, or never."),
        ({"expires_after_months": 121}, "Credits expire after 1 to 120 months, or never."),
    ],
)
def test_what_no_pack_can_be_is_refused_in_words(
    catalog: ArticleCatalog, wrong: dict[str, Any], said: str
) -> None:
    details = replace(pack_details(catalog.credits), **wrong)
    with pytest.raises(Invalid) as refusal:
        create_pack(details=details, actor=STAFF, now=NOW)
    assert said in refusal.value.detail
    assert not CreditPack.objects.exists()


def test_a_flag_is_not_sold_in_packs(catalog: ArticleCatalog) -> None:
    with pytest.raises(Invalid, match="A pack is of a metered feature"):
        make_pack(catalog.advanced_ai)


def test_two_packs_never_share_a_code(catalog: ArticleCatalog, small: CreditPack) -> None:
    with pytest.raises(CodeTaken):
        make_pack(catalog.credits, "small")


def test_a_change_is_audited_and_only_what_changed(
    catalog: ArticleCatalog, small: CreditPack
) -> None:
    details = pack_details(
        catalog.credits, credits=600, prices={"EUR": 5_000}, expires_after_months=12
    )
    update_pack(pack=small, details=details, actor=STAFF, now=NOW)
    assert AuditEntry.objects.get(action="credit_pack.updated").changes == {
        "credits": ["500", "600"],
        "prices": [{"USD": 5_500}, {"EUR": 5_000}],
    }
    update_pack(pack=small, details=details, actor=STAFF, now=NOW)
    assert AuditEntry.objects.filter(action="credit_pack.updated").count() == 1


def test_code_and_feature_of_a_pack_stay(catalog: ArticleCatalog, small: CreditPack) -> None:
    for details in (
        pack_details(catalog.credits, "other"),
        pack_details(catalog.documents, "small"),
    ):
        with pytest.raises(PackFixed):
            update_pack(pack=small, details=details, actor=STAFF, now=NOW)


def test_an_order_keeps_what_was_agreed(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, small: CreditPack
) -> None:
    ordered = order(acme, count=2)
    details = pack_details(
        catalog.credits, credits=1, prices={"USD": 99_900}, expires_after_months=1
    )
    update_pack(pack=small, details=details, actor=STAFF, now=NOW)
    kept = TopUp.objects.get(pk=ordered.pk)
    assert (kept.credits, kept.amount_minor, kept.expires_after_months) == (1_000, 11_000, 12)


class TestOffers:
    def test_packs_are_offered_in_the_agreements_currency_and_in_their_order(
        self, catalog: ArticleCatalog, acme: Organization, agreement: Agreement
    ) -> None:
        make_pack(catalog.credits, "large", credits=5_000, prices={"USD": 50_000}, position=2)
        make_pack(catalog.credits, "small", position=1)
        make_pack(catalog.credits, "euros_only", prices={"EUR": 100})
        make_pack(catalog.documents, "documents")
        offers = list_packs(organization=acme)
        assert [(offer.code, offer.price) for offer in offers] == [
            ("small", Money(5_500, "USD")),
            ("large", Money(50_000, "USD")),
        ]

    def test_a_withdrawn_pack_is_offered_to_nobody(
        self, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        withdraw_pack(pack=small, actor=STAFF, now=NOW)
        withdraw_pack(pack=small, actor=STAFF, now=NOW)
        assert list_packs(organization=acme) == []
        assert AuditEntry.objects.filter(action="credit_pack.withdrawn").count() == 1

    def test_without_an_agreement_there_is_nothing_to_buy(
        self, acme: Organization, small: CreditPack
    ) -> None:
        assert list_packs(organization=acme) == []

    def test_what_is_unlimited_is_not_sold_in_packs(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_pack(catalog.documents, "documents")
        make_agreement(acme, "per_seat")
        assert list_packs(organization=acme) == []
