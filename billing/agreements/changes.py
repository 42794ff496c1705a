"""
Move an agreement to another plan, or to another number of seats, at once.

Flags, prices and limits are those of the new plan from that instant on, and the larger part of
each allowance is granted for what is left of the month.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.memberships.queries import count_members
from config.kernel.errors import Invalid
from config.kernel.periods import INSTANT

from ..catalog.choosing import choose_plan
from ..catalog.queries import PlanNotOffered, find_newest_version, get_plan_version_terms
from ..choices import AgreementStatus
from ..models import Agreement, PlanChange, PlanVersion
from ..rating.charges import base_charge
from .conditions import price_of, seats_of
from .errors import FewerSeats, NotAnUpgrade, PaymentOverdue, SamePlan
from .locking import lock_open_agreement
from .moving import Target, move, target_of
from .queries import agreed_price
from .upgrades import is_upgrade, list_losses
from .waiting import find_waiting_change, undo_change


@transaction.atomic
def change_plan(
    *,
    agreement: Agreement,
    plan_code: str,
    actor: Actor,
    now: datetime,
    seats: int | None = None,
) -> PlanChange:
    """
    Upgrade an agreement, at once, to the newest version of a self-serve plan on sale, or of one
    that its organization is offered privately.

    It is an upgrade if it is dearer, or if it takes nothing away. The interval, the currency and
    the anchor stay. Of each allowance the difference is granted for the rest of the month, once:
    whoever goes down and up again gets nothing more. Unless others are asked for, the seats stay
    where each is paid for; else there are those that the plan includes. A change that waits is
    undone.

    Raises `PlanNotOffered`, `ForNewCustomers`, `OfferedOtherwise`, `PriceNotOffered`,
    `NotEnoughSeats`, `SamePlan`, `NotAnUpgrade`, `PaymentOverdue`, `AgreementEnded` and
    `OrganizationClosed`.
    """
    stored = lock_open_agreement(agreement, at=now - INSTANT)
    choice = choose_plan(organization=stored.organization, live=stored, plan_code=plan_code, at=now)
    choice.interval(stored.interval)
    if stored.status == AgreementStatus.PAST_DUE:
        raise PaymentOverdue(_("The plan can be changed once the overdue payment is made."))
    target = _target_on(stored, choice.version, seats=choice.seats(seats))
    _check_upgrade(stored, target)
    return _change_plan(stored, target, actor=actor, reason="", now=now)


@transaction.atomic
def change_plan_by_staff(
    *, agreement: Agreement, plan_code: str, actor: Actor, reason: str, now: datetime
) -> PlanChange:
    """
    Move an agreement, at once, to the newest version of any published plan, up or down.

    After a move down what was granted for the month stays until it ends. A later move up grants
    only what is beyond the largest allowance that the month has had. Otherwise as `change_plan`.
    """
    version = find_newest_version(plan_code=plan_code, at=now)
    if version is None:
        raise PlanNotOffered(f"There is no published plan “{plan_code}”.")
    stored = lock_open_agreement(agreement, at=now - INSTANT)
    return _change_plan(stored, _target_on(stored, version), actor=actor, reason=reason, now=now)


@transaction.atomic
def change_plan_at_once(
    *,
    agreement: Agreement,
    version: PlanVersion,
    interval: str,
    seats: int,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Agreement:
    """
    Move an agreement, at once, to a plan version, an interval and a number of seats that were
    agreed, and paid for, elsewhere: nothing is checked but that there is such a price. Returns it
    as it now is.

    Doing it again changes nothing. Raises `Invalid` for another interval unless it is on trial:
    time that is paid for goes on to its end. Raises `PriceNotOffered`, `AgreementEnded` and
    `OrganizationClosed`.
    """
    stored = lock_open_agreement(agreement, at=now - INSTANT)
    if interval != stored.interval and stored.status != AgreementStatus.TRIALING:
        raise Invalid(_("Another interval begins when the period that is paid for ends."))
    target = target_of(stored, version=version, interval=interval, seats=seats)
    if target != Target.of(stored):
        _undo_waiting(stored, actor=actor, now=now)
        move(stored, target, at=now, actor=actor, reason=reason, now=now)
    return stored


@transaction.atomic
def change_seats(*, agreement: Agreement, seats: int, actor: Actor, now: datetime) -> Agreement:
    """
    Agree on more seats, at once, and return the agreement as it now is.

    The same number changes nothing. Fewer begin with the next period: see `schedule_change`.
    Raises `FewerSeats`, `NotEnoughSeats` for more than the plan includes, `PaymentOverdue`,
    `AgreementEnded`, `OrganizationClosed`, and `Invalid` for a number that nobody has.
    """
    stored = lock_open_agreement(agreement, at=now)
    if stored.status == AgreementStatus.PAST_DUE:
        raise PaymentOverdue(_("There can be more seats once the overdue payment is made."))
    if seats < stored.seats:
        raise FewerSeats(
            _("Fewer seats begin when the period that is paid for ends."),
            effective_at=stored.current_period_end.isoformat(),
        )
    seats_of(
        get_plan_version_terms(plan_version_id=stored.plan_version_id),
        agreed_price(stored),
        wanted=seats,
        members=count_members(organization=stored.organization),
    )
    if seats != stored.seats:
        target = target_of(
            stored, version=stored.plan_version, interval=stored.interval, seats=seats
        )
        move(stored, target, at=now, actor=actor, reason="", now=now)
    return stored


def _target_on(agreement: Agreement, version: PlanVersion, *, seats: int | None = None) -> Target:
    """What the agreement would be on another version, with these seats or those that go with it."""
    if version.pk == agreement.plan_version_id:
        raise SamePlan(_("The agreement is on %(plan)s already.") % {"plan": version.plan.name})
    terms = get_plan_version_terms(plan_version_id=version.pk)
    price = price_of(
        terms,
        plan_name=version.plan.name,
        currency=agreement.currency,
        interval=agreement.interval,
    )
    # Where each seat was paid for, and still will be, their number stays.
    are_paid_for = agreed_price(agreement).per_seat is not None and price.per_seat is not None
    agreed = seats_of(
        terms,
        price,
        wanted=agreement.seats if are_paid_for and seats is None else seats,
        members=count_members(organization=agreement.organization),
    )
    return target_of(agreement, version=version, interval=agreement.interval, seats=agreed)


def _check_upgrade(agreement: Agreement, target: Target) -> None:
    before = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    after = get_plan_version_terms(plan_version_id=target.version.pk)
    price = after.base_price(currency=agreement.currency, interval=target.interval)
    assert price is not None, target
    base_before = base_charge(price=agreed_price(agreement), seats=agreement.seats)
    base_after = base_charge(price=price, seats=target.seats)
    if not is_upgrade(before, after, base_before=base_before, base_after=base_after):
        raise NotAnUpgrade(
            _(
                "%(plan)s is no upgrade: it costs no more and offers less. Such a change "
                "takes effect when the period that is paid for ends."
            )
            % {"plan": target.version.plan.name},
            less_of=list_losses(before, after, currency=agreement.currency),
            effective_at=agreement.current_period_end.isoformat(),
        )


def _change_plan(
    agreement: Agreement, target: Target, *, actor: Actor, reason: str, now: datetime
) -> PlanChange:
    _undo_waiting(agreement, actor=actor, now=now)
    change = move(agreement, target, at=now, actor=actor, reason=reason, now=now)
    assert change is not None, agreement.public_id
    return change


def _undo_waiting(agreement: Agreement, *, actor: Actor, now: datetime) -> None:
    """What was to follow from the plan of before does not follow from another one."""
    waiting = find_waiting_change(agreement)
    if waiting is not None:
        undo_change(agreement, waiting, actor=actor, now=now)
