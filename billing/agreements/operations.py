"""
Writes of agreements.

Each operation takes the organization's lock first, so that agreements, periods and usage of
one organization change one after the other.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.memberships.queries import count_members
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.errors import Invalid
from config.kernel.periods import INSTANT, boundary

from ..catalog.choosing import choose_plan
from ..catalog.queries import PlanNotOffered, find_newest_version, get_plan_version_terms
from ..models import Agreement, PlanVersion
from .advancing import advance_if_due
from .beginning import begin, check_open
from .conditions import collection_of, price_of, seats_of
from .due import has_due_agreement, list_organizations_due
from .ending import end
from .errors import AgreementExists
from .locking import lock_agreement
from .queries import find_live_agreement

LONGEST_BACKDATING_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for besides the plan. Whatever is None takes its default."""

    interval: str
    currency: str | None
    seats: int | None
    starts_at: datetime | None


def create_agreement(
    *,
    organization: Organization,
    plan_code: str,
    interval: str,
    actor: Actor,
    now: datetime,
    currency: str | None = None,
    seats: int | None = None,
    starts_at: datetime | None = None,
) -> Agreement:
    """
    Subscribe an organization to the newest version of a self-serve plan on sale, or of one that
    it is offered privately.

    The currency defaults to the organization's, the seats to those that are included (or, where
    every seat is paid for, to one for each member), the start to now. The usage period of each
    metered feature is opened with its allowance.

    Raises `PlanNotOffered`, `OfferedOtherwise`, `AgreementExists`, `PriceNotOffered`,
    `NotEnoughSeats`, `EarlierUsage`, `OrganizationClosed`, and `Invalid` for a start in the future
    or more than ten years ago.
    """
    choice = choose_plan(organization=organization, live=None, plan_code=plan_code, at=now)
    wish = Wish(choice.interval(interval) or interval, currency, choice.seats(seats), starts_at)
    return _create(
        organization=organization, version=choice.version, wish=wish, actor=actor, now=now
    )


def create_agreement_by_staff(
    *,
    organization: Organization,
    plan_code: str,
    interval: str,
    actor: Actor,
    now: datetime,
    currency: str | None = None,
    seats: int | None = None,
    starts_at: datetime | None = None,
) -> Agreement:
    """
    Sell a named organization any published plan: a legacy one, a private one, or one whose
    button says to talk to sales.

    Only for staff, and for apps that act for the whole company. Otherwise as `create_agreement`.
    """
    version = find_newest_version(plan_code=plan_code, at=now)
    if version is None:
        raise PlanNotOffered(f"There is no published plan “{plan_code}”.")
    wish = Wish(interval, currency, seats, starts_at)
    return _create(organization=organization, version=version, wish=wish, actor=actor, now=now)


@transaction.atomic
def cancel_agreement(
    *,
    agreement: Agreement,
    actor: Actor,
    reason: str,
    now: datetime,
    ended_at: datetime | None = None,
    feedback: str = "",
) -> Agreement:
    """
    End an agreement now, or as of an earlier instant at which it was ended elsewhere: its open
    usage periods are cut short and its allowances expire.

    Usage up to now stays in the books. A period that was opened while `now` waited for the lock
    stays open for an instant, because what has begun is never undone. `feedback` is one of
    `CancelFeedback`, or empty. Raises `AgreementEnded`.
    """
    at = now if ended_at is None else min(now, ended_at)
    stored = lock_agreement(agreement, at=at - INSTANT)
    if feedback:
        stored.cancel_feedback = feedback
        stored.save(update_fields=["cancel_feedback"])
    end(stored, at=at, actor=actor, reason=reason, now=now)
    return stored


def bring_current(*, organization: Organization, now: datetime) -> None:
    """
    Open the periods that the organization's agreement has come to, each with its allowance.

    Costs one query when nothing is due, and doing it again changes nothing. A closed
    organization comes to no further period.
    """
    if has_due_agreement(organization_id=organization.pk, now=now):
        _bring_current(organization.pk, now=now)


def bring_all_current(*, now: datetime) -> int:
    """
    Do the same for every organization that has something due, and return their number.

    Each is a transaction of its own. One that fails does not hold up the others: the failures
    are raised together at the end.
    """
    brought = sweep(
        list_organizations_due(now=now),
        lambda organization_id: _bring_current(organization_id, now=now),
        doing="opening the periods of",
    )
    return len(brought)


@transaction.atomic
def _bring_current(organization_id: int, *, now: datetime) -> None:
    lock_organization(organization_id=organization_id)
    advance_if_due(organization_id=organization_id, now=now)


@transaction.atomic
def _create(
    *,
    organization: Organization,
    version: PlanVersion,
    wish: Wish,
    actor: Actor,
    now: datetime,
) -> Agreement:
    lock_organization(organization_id=organization.pk)
    check_open(organization)
    if find_live_agreement(organization=organization) is not None:
        raise AgreementExists(
            _("%(organization)s has an agreement already.") % {"organization": organization.name}
        )
    starts_at = _start(wish, now=now)
    terms = get_plan_version_terms(plan_version_id=version.pk)
    currency = wish.currency or organization.currency
    price = price_of(terms, plan_name=version.plan.name, currency=currency, interval=wish.interval)
    agreement = Agreement(
        organization=organization,
        plan_version=version,
        collection=collection_of(terms, price),
        currency=currency,
        interval=wish.interval,
        seats=seats_of(
            terms, price, wanted=wish.seats, members=count_members(organization=organization)
        ),
        started_at=starts_at,
        anchor_at=starts_at,
    )
    begin(agreement, actor=actor, now=now)
    return agreement


def _start(wish: Wish, *, now: datetime) -> datetime:
    """The start in UTC, because periods are counted by its calendar day."""
    starts_at = wish.starts_at or now
    if starts_at > now:
        raise Invalid(_("An agreement cannot start in the future."))
    if starts_at < boundary(now, months=-LONGEST_BACKDATING_MONTHS):
        raise Invalid(_("An agreement cannot start more than ten years ago."))
    return starts_at.astimezone(UTC)
