"""Define the packs that are sold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from accounts.organizations.localities import check_currency
from config.kernel.errors import Invalid

from ...catalog.codes import CodeTaken, check_code
from ...choices import FeatureKind
from ...models import CreditPack, Feature, PackPrice
from ..checks import check_quantity
from ..errors import PackFixed

# Small enough that no order of packs outgrows what the ledger and a bill can hold.
LARGEST_PACK: Final = Decimal(10) ** 8
LARGEST_PACK_PRICE_MINOR: Final = 10**9
LONGEST_LIFE_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class PackDetails:
    """
    What a pack is: so many units of a metered feature, for a price in each currency.

    What is granted expires `expires_after_months` after it was paid (None: never). A pack that
    is not on sale can be ordered by nobody; orders that were made stay as they are.
    """

    code: str
    name: str
    feature: Feature
    credits: Decimal
    prices: Mapping[str, int]
    expires_after_months: int | None = None
    is_on_sale: bool = True
    position: int = 0

    def check(self) -> None:
        """Raise `Invalid` for what no pack can be."""
        check_code(self.code)
        if self.feature.kind != FeatureKind.METERED:
            raise Invalid(_("A pack is of a metered feature."))
        check_quantity(self.credits, what=_("The size of a pack"), largest=LARGEST_PACK)
        months = self.expires_after_months
        if months is not None and not 1 <= months <= LONGEST_LIFE_MONTHS:
            raise Invalid(
                _("Credits expire after 1 to %(most)s months, or never.")
                % {"most": LONGEST_LIFE_MONTHS}
            )
        self._check_prices()

    def _check_prices(self) -> None:
        for currency, amount_minor in self.prices.items():
            check_currency(currency)
            if not 0 < amount_minor < LARGEST_PACK_PRICE_MINOR:
                raise Invalid(
                    _("A pack cannot have this price in %(currency)s.") % {"currency": currency}
                )
        if self.is_on_sale and not self.prices:
            raise Invalid(_("A pack on sale has a price."))


@transaction.atomic
def create_pack(*, details: PackDetails, actor: Actor, now: datetime) -> CreditPack:
    """
    Define a pack, with its prices.

    Raises `Invalid` and `CodeTaken`.
    """
    details.check()
    pack = CreditPack(code=details.code, feature=details.feature)
    _fill(pack, details)
    try:
        with transaction.atomic():
            pack.save(force_insert=True)
    except IntegrityError as error:
        if CreditPack.objects.filter(code=pack.code).exists():
            raise CodeTaken(
                _("There is a pack “%(code)s” already.") % {"code": pack.code}
            ) from error
        raise
    _set_prices(pack, details.prices)
    changes = {field: [None, value] for field, value in _readable(pack).items()}
    record(
        actor=actor, action="credit_pack.created", target=pack.public_id, changes=changes, now=now
    )
    return pack


@transaction.atomic
def update_pack(
    *, pack: CreditPack, details: PackDetails, actor: Actor, now: datetime
) -> CreditPack:
    """
    Change what a pack is from now on. No order that was made changes.

    Raises `Invalid`, and `PackFixed` for another code or another feature.
    """
    details.check()
    stored = CreditPack.objects.select_for_update().get(pk=pack.pk)
    if (details.code, details.feature.pk) != (stored.code, stored.feature_id):
        raise PackFixed(_("Apps and orders hold on to a pack's code and feature, so they stay."))
    before = _readable(stored)
    _fill(stored, details)
    stored.save()
    _set_prices(stored, details.prices)
    changes = differences(before, _readable(stored))
    if changes:
        record(
            actor=actor,
            action="credit_pack.updated",
            target=stored.public_id,
            changes=changes,
            now=now,
        )
    return stored


@transaction.atomic
def withdraw_pack(*, pack: CreditPack, actor: Actor, now: datetime) -> CreditPack:
    """
    Take a pack off sale: nobody orders it any more, and automatic top-ups with it pause.

    Orders that wait for their payment can still be paid. Doing it again changes nothing.
    """
    stored = CreditPack.objects.select_for_update().get(pk=pack.pk)
    if stored.is_on_sale:
        stored.is_on_sale = False
        stored.save(update_fields=["is_on_sale"])
        record(actor=actor, action="credit_pack.withdrawn", target=stored.public_id, now=now)
    return stored


def _fill(pack: CreditPack, details: PackDetails) -> None:
    pack.name = details.name
    pack.credits = details.credits
    pack.expires_after_months = details.expires_after_months
    pack.is_on_sale = details.is_on_sale
    pack.position = details.position


def _set_prices(pack: CreditPack, prices: Mapping[str, int]) -> None:
    pack.prices.exclude(currency__in=prices).delete()
    for currency, amount_minor in prices.items():
        PackPrice.objects.update_or_create(
            pack=pack, currency=currency, defaults={"amount_minor": amount_minor}
        )


def _readable(pack: CreditPack) -> dict[str, Any]:
    prices = pack.prices.order_by("currency").values_list("currency", "amount_minor")
    return {
        "code": pack.code,
        "name": pack.name,
        "feature": pack.feature.code,
        "credits": f"{pack.credits.normalize():f}",
        "prices": dict(prices),
        "expires_after_months": pack.expires_after_months,
        "is_on_sale": pack.is_on_sale,
        "position": pack.position,
    }
