"""The credits page: where credits come from, packs to buy, orders, automatic top-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, assert_never
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from billing.catalog.queries import FeatureLabel
from billing.choices import TopUpStatus, TopUpTrigger
from billing.models import Agreement, StripeCustomer
from billing.stripe.gateway.configuration import is_connected
from billing.top_ups.automatic import MOST_PACKS
from billing.top_ups.offers import PackOffer
from billing.top_ups.queries import (
    AutomaticTopUpView,
    Obstacle,
    TopUpView,
    find_automatic_under,
    find_last_automatic,
    list_packs_under,
    list_top_ups,
)
from billing.usage.queries import FeatureBalance, list_balances_under
from config.kernel.money import Money
from metering.rate_card.queries import ActionOnCard, list_actions

from ...formatting import credits_text, money_text
from ...forms import AutomaticTopUpForm
from ..access import Visit
from .actions import Buys, what_credits_buy
from .grants import GrantLine, present_grants
from .packs import life_words, packs_words
from .usage import Choice

NEWEST_ORDERS: Final = 25


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack to buy: what it brings, what that pays for, how long it lasts, what it costs."""

    code: str
    name: str
    credits: Decimal
    buys: tuple[Buys, ...]
    life: str
    price: Money


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """
    How an order can be paid for: not here while billing is not connected; with the `card` on file
    (empty: there is none, or it is no card), or on the payment page. Stripe may add tax to it.
    """

    is_connected: bool
    has_method: bool = False
    card: str = ""
    adds_tax: bool = False


@dataclass(frozen=True, slots=True)
class OrderReview:
    """What an order would come to; `fingerprint` names the offer that it is shown for."""

    feature: str
    pack: PackLine
    count: int
    what: str
    credits: Decimal
    unit_plural: str
    price: Money
    fingerprint: str
    payment: PaymentChoice


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order, and where it stands."""

    id: str
    what: str
    credits: Decimal
    amount: Money
    life: str
    ordered_at: datetime
    ended_at: datetime | None
    status: str
    is_automatic: bool
    is_waiting: bool
    is_paid: bool
    is_failed: bool


@dataclass(frozen=True, slots=True)
class AutomaticPart:
    """
    The automatic top-up of a feature.

    `now` is what is set, `obstacle` why it orders nothing at the moment, and `unpaid` the last
    automatic order if that is why nothing is set.
    """

    now: AutomaticTopUpView | None = None
    obstacle: str = ""
    unpaid: OrderLine | None = None


@dataclass(frozen=True, slots=True)
class CreditsPage:
    """Everything on the credits page."""

    features: tuple[Choice, ...]
    balance: FeatureBalance
    grants: tuple[GrantLine, ...]
    zone: str
    packs: tuple[PackLine, ...]
    orders: tuple[OrderLine, ...]
    automatic: AutomaticPart
    payment: PaymentChoice
    most_packs: int
    may_manage: bool
    who_may: tuple[str, ...]


def list_counted_balances(
    visit: Visit, agreement: Agreement, *, labels: Mapping[str, FeatureLabel] | None = None
) -> list[FeatureBalance]:
    """Return the balances of what credits can be bought for; unlimited usage needs none."""
    balances = list_balances_under(agreement=agreement, now=visit.now, labels=labels)
    return [balance for balance in balances if not balance.unlimited]


def present_credits(
    visit: Visit,
    *,
    agreement: Agreement,
    customer: StripeCustomer | None,
    balances: Sequence[FeatureBalance],
    balance: FeatureBalance,
) -> CreditsPage:
    """Read the credits of one feature of the organization."""
    organization, feature = visit.organization, balance.feature
    may_manage = visit.may(Permission.MANAGE_BILLING)
    packs = [pack for pack in list_packs_under(agreement=agreement) if pack.feature == feature]
    orders = list_top_ups(organization=organization, feature=feature, limit=NEWEST_ORDERS)
    return CreditsPage(
        features=_features(balances, current=balance),
        balance=balance,
        grants=present_grants(visit, balance, orders=orders),
        zone=organization.time_zone,
        packs=_pack_lines(visit, packs, feature=feature),
        orders=tuple(order_line(order) for order in orders),
        automatic=_automatic(visit, balance, agreement=agreement, packs=packs, orders=orders),
        payment=_payment_choice(customer),
        most_packs=MOST_PACKS,
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(
            list_names_with(organization=organization, permission=Permission.MANAGE_BILLING)
        ),
    )


def review_order(
    visit: Visit,
    *,
    agreement: Agreement,
    customer: StripeCustomer | None,
    code: str,
    count: int,
) -> OrderReview | None:
    """Return what an order of packs would come to; None if the pack cannot be ordered."""
    packs = list_packs_under(agreement=agreement)
    pack = next((pack for pack in packs if pack.code == code), None)
    balances = {balance.feature: balance for balance in list_counted_balances(visit, agreement)}
    if pack is None or pack.feature not in balances:
        return None
    return OrderReview(
        feature=pack.feature,
        pack=_pack_line(pack, actions=list_actions(at=visit.now, meter=pack.feature)),
        count=count,
        what=packs_words(count, pack.name),
        credits=pack.credits * count,
        unit_plural=balances[pack.feature].unit_plural,
        price=pack.price * count,
        fingerprint=pack.fingerprint,
        payment=_payment_choice(customer),
    )


def automatic_form(page: CreditsPage, data: QueryDict | None = None) -> AutomaticTopUpForm | None:
    """Return the form of automatic top-up, filled with what is set; None without any packs."""
    if not page.packs:
        return None
    now, currency = page.automatic.now, page.packs[0].price.currency
    initial = (
        {}
        if now is None
        else {
            "pack": now.pack_code,
            "threshold": now.threshold,
            "target": now.target,
            "limit": now.limit.amount,
        }
    )
    return AutomaticTopUpForm(
        data,
        initial=initial,
        packs=[(pack.code, _choice_words(pack, page.balance)) for pack in page.packs],
        unit_plural=page.balance.unit_plural,
        currency=currency,
    )


def order_line(order: TopUpView) -> OrderLine:
    """Return an order in words."""
    return OrderLine(
        id=order.id,
        what=packs_words(order.pack_count, order.pack_name),
        credits=order.credits,
        amount=order.amount,
        life=life_words(order.expires_after_months),
        ordered_at=order.ordered_at,
        ended_at=order.ended_at,
        status=str(TopUpStatus(order.status).label),
        is_automatic=order.trigger == TopUpTrigger.AUTOMATIC,
        is_waiting=order.status == TopUpStatus.PENDING,
        is_paid=order.status == TopUpStatus.PAID,
        is_failed=order.status == TopUpStatus.FAILED,
    )


def _payment_choice(customer: StripeCustomer | None) -> PaymentChoice:
    if not is_connected():
        return PaymentChoice(is_connected=False)
    adds_tax = settings.STRIPE_AUTOMATIC_TAX
    if customer is None:
        return PaymentChoice(is_connected=True, adds_tax=adds_tax)
    return PaymentChoice(
        is_connected=True,
        has_method=customer.has_payment_method,
        card=customer.card_words,
        adds_tax=adds_tax,
    )


def _features(balances: Sequence[FeatureBalance], *, current: FeatureBalance) -> tuple[Choice, ...]:
    if len(balances) == 1:
        return ()
    return tuple(
        Choice(one.name, "?" + urlencode({"feature": one.feature}), one is current)
        for one in balances
    )


def _pack_lines(visit: Visit, packs: Sequence[PackOffer], *, feature: str) -> tuple[PackLine, ...]:
    actions = list_actions(at=visit.now, meter=feature) if packs else []
    return tuple(_pack_line(pack, actions=actions) for pack in packs)


def _pack_line(pack: PackOffer, *, actions: Sequence[ActionOnCard]) -> PackLine:
    return PackLine(
        code=pack.code,
        name=pack.name,
        credits=pack.credits,
        buys=what_credits_buy(pack.credits, actions=actions),
        life=life_words(pack.expires_after_months),
        price=pack.price,
    )


def _automatic(
    visit: Visit,
    balance: FeatureBalance,
    *,
    agreement: Agreement,
    packs: Sequence[PackOffer],
    orders: Sequence[TopUpView],
) -> AutomaticPart:
    now = find_automatic_under(
        agreement=agreement,
        packs=packs,
        feature=balance.feature,
        period_starts_at=balance.period_starts_at or visit.now,
    )
    if now is not None:
        return AutomaticPart(now, obstacle=_obstacle_words(now.obstacle))
    last = _last_automatic(visit, balance, orders=orders)
    if last is None or last.status not in (TopUpStatus.FAILED, TopUpStatus.CANCELED):
        return AutomaticPart()
    return AutomaticPart(unpaid=order_line(last))


def _last_automatic(
    visit: Visit, balance: FeatureBalance, *, orders: Sequence[TopUpView]
) -> TopUpView | None:
    """The newest order that was automatic; asked for only if it may be older than all `orders`."""
    shown = next((order for order in orders if order.trigger == TopUpTrigger.AUTOMATIC), None)
    if shown is not None or len(orders) < NEWEST_ORDERS:
        return shown
    return find_last_automatic(organization=visit.organization, feature=balance.feature)


def _obstacle_words(obstacle: Obstacle | None) -> str:
    match obstacle:
        case None:
            return ""
        case Obstacle.PAYMENT_OVERDUE:
            return _("A payment for your plan is overdue. It goes on once that is paid.")
        case Obstacle.OTHER_CURRENCY:
            return _("Your plan is now in another currency. Set it up again to go on.")
        case Obstacle.PACK_NOT_OFFERED:
            return _("The pack is no longer on sale. Choose another one to go on.")
        case Obstacle.ORDER_WAITING:
            return _("An order waits for its payment. The next one is made once it is paid.")
        case Obstacle.LIMIT_REACHED:
            return _("The limit of this period leaves no room for another pack.")
        case _:
            assert_never(obstacle)


def _choice_words(pack: PackLine, balance: FeatureBalance) -> str:
    return _("%(pack)s: %(credits)s %(units)s for %(price)s") % {
        "pack": pack.name,
        "credits": credits_text(pack.credits),
        "units": balance.unit_plural,
        "price": money_text(pack.price),
    }
