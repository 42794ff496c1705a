"""What an agreement would be after a change, and whether it may be so at once."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.memberships.queries import count_members
from config.kernel.money import Money

from ...agreements.conditions import collection_of, price_of, seats_of
from ...agreements.effects import Effects, effects_of
from ...agreements.errors import NothingChanges
from ...agreements.queries import agreed_price
from ...agreements.upgrades import is_upgrade
from ...catalog.choosing import Choice, choose_plan
from ...catalog.queries import PlanNotOffered, find_newest_version, get_plan_version_terms
from ...catalog.terms import VersionTerms
from ...choices import AgreementStatus, Collection
from ...models import Agreement, PlanVersion
from ...rating.charges import BasePrice, base_charge


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants to be different. Whatever is None stays."""

    plan_code: str | None = None
    interval: str | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    What an agreement would be, and what it would lose and gain by it.
    """

    version: PlanVersion
    terms: VersionTerms
    interval: str
    currency: str
    price: BasePrice
    seats: int
    effects: Effects
    is_at_once: bool

    @property
    def collection(self) -> Collection:
        """Whether there is anything to collect."""
        return collection_of(self.terms, self.price)

    @property
    def base(self) -> Money:
        """What each billing period costs."""
        return base_charge(price=self.price, seats=self.seats)


def propose(*, agreement: Agreement, wish: Wish, at: datetime) -> Proposal:
    """
    Return what the agreement would be, and whether it may be so at once.

    Whoever stays on their plan keeps its version, however old: only a move to another plan is a
    move to what is on sale. A change takes effect at once on trial, when nothing is paid for yet,
    or where the interval stays and nothing is taken away: no feature, no seat. Everything else
    takes effect when the period that is paid for ends. What a private offer is for is so unless
    something else is asked for, which is refused.

    Raises `NothingChanges`, `PlanNotOffered`, `ForNewCustomers`, `OfferedOtherwise`,
    `PriceNotOffered` and `NotEnoughSeats`.
    """
    choice = _choice(agreement, wish, at=at)
    offered = replace(wish, interval=choice.interval(wish.interval), seats=choice.seats(wish.seats))
    return _proposal(agreement, choice.version, offered)


def propose_by_staff(*, agreement: Agreement, wish: Wish, at: datetime) -> Proposal:
    """
    Return the same for a move by staff: to the newest version of any published plan, on sale or
    not, also of the plan that the agreement is on.

    Raises as `propose` does.
    """
    if wish.plan_code is None:
        return _proposal(agreement, agreement.plan_version, wish)
    version = find_newest_version(plan_code=wish.plan_code, at=at)
    if version is None:
        raise PlanNotOffered(f"There is no published plan “{wish.plan_code}”.")
    return _proposal(agreement, version, wish)


def _proposal(agreement: Agreement, version: PlanVersion, wish: Wish) -> Proposal:
    terms = get_plan_version_terms(plan_version_id=version.pk)
    interval = wish.interval or agreement.interval
    price = price_of(
        terms, plan_name=version.plan.name, currency=agreement.currency, interval=interval
    )
    seats = seats_of(
        terms,
        price,
        wanted=_seats(agreement, wish, price),
        members=count_members(organization=agreement.organization),
    )
    is_same = (version.pk, interval, seats) == (
        agreement.plan_version_id,
        agreement.interval,
        agreement.seats,
    )
    if is_same:
        raise NothingChanges(
            _("The agreement is on %(plan)s already.") % {"plan": version.plan.name}
        )
    before = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    return Proposal(
        version=version,
        terms=terms,
        interval=interval,
        currency=agreement.currency,
        price=price,
        seats=seats,
        effects=effects_of(before, terms, currency=agreement.currency),
        is_at_once=agreement.status == AgreementStatus.TRIALING
        or (interval == agreement.interval and _only_adds(agreement, before, terms, price, seats)),
    )


def _choice(agreement: Agreement, wish: Wish, *, at: datetime) -> Choice:
    if wish.plan_code in (None, agreement.plan_version.plan.code):
        return Choice(agreement.plan_version)
    return choose_plan(
        organization=agreement.organization,
        live=agreement,
        plan_code=wish.plan_code or "",
        at=at,
    )


def _seats(agreement: Agreement, wish: Wish, price: BasePrice) -> int | None:
    """Those that are asked for; else the number stays where each is paid for, before and after."""
    if wish.seats is not None:
        return wish.seats
    if agreed_price(agreement).per_seat is None or price.per_seat is None:
        return None
    return agreement.seats


def _only_adds(
    agreement: Agreement, before: VersionTerms, after: VersionTerms, price: BasePrice, seats: int
) -> bool:
    if before.version_id == after.version_id:
        return seats > agreement.seats
    return is_upgrade(
        before,
        after,
        base_before=base_charge(price=agreed_price(agreement), seats=agreement.seats),
        base_after=base_charge(price=price, seats=seats),
    )
