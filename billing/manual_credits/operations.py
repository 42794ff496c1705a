"""Give by hand, at once or after a second person has agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import operations as audit
from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.money import Money
from metering.choices import GrantCategory
from metering.operations import DEFAULT_PRIORITY

from ..agreements.errors import OrganizationClosed
from ..choices import ManualCreditKind, ManualCreditStatus, MoneyCreditCause
from ..entitlements.queries import FeatureNotFound
from ..models import Feature, ManualCredit
from ..money_credits.operations import MoneyCreditOrder, check_amount, grant_money_credit
from ..usage.grants import ExpiresTooEarly, GrantOrder, carry_out, check_order
from .deciders import tell_deciders
from .errors import AlreadyDecided, ManualCreditNotFound, SamePerson
from .limits import needs_second_person


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsWish:
    """Credits on a metered feature that somebody wants to give, as `GrantOrder` has them."""

    request: str
    feature: str
    category: GrantCategory
    amount: Decimal
    reason: str
    expires_at: datetime | None = None
    priority: int = DEFAULT_PRIORITY
    actions: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyWish:
    """Money that somebody wants to give; it comes off the customer's next invoices."""

    request: str
    amount: Money
    reason: str
    expires_at: datetime | None = None


Wish = CreditsWish | MoneyWish


def give_by_hand(
    *, organization: Organization, wish: Wish, actor: Actor, now: datetime
) -> ManualCredit:
    """
    Give credits or money at once, or let it wait for a second person where it is more than one
    person may give alone; the status of what is returned says which. Whoever may decide it is
    mailed.

    `request` names the wish: the same again is not given again, its row is returned. Raises
    `OrganizationClosed`, `ExpiresTooEarly`, `FeatureNotFound`, `UnknownActions` and `Invalid`.
    """
    with transaction.atomic(durable=True):
        lock_organization(organization_id=organization.pk)
        asked = ManualCredit.objects.owned_by(organization).filter(request=wish.request).first()
        if asked is not None:
            return asked
        if organization.closed_at is not None:
            raise OrganizationClosed(_("The organization is closed."))
        credit = _written(wish, organization=organization, actor=actor, now=now)
        credit.needs_second_person = needs_second_person(credit)
        if credit.needs_second_person:
            credit.status = ManualCreditStatus.WAITING
            credit.save()
            _record(credit, "requested", actor=actor, reason=credit.reason, now=now)
            tell_deciders(credit, now=now)
        else:
            _give(credit, actor=actor, now=now)
        return credit


def approve(*, credit_id: str, actor: Actor, now: datetime) -> ManualCredit:
    """
    Give what somebody else asked for.

    Raises `ManualCreditNotFound`, `AlreadyDecided`, `SamePerson`, and what giving raises, such as
    `ExpiresTooEarly`: then it waits as before.
    """
    with transaction.atomic(durable=True):
        credit = _locked(credit_id, actor=actor)
        if credit.organization.closed_at is not None:
            raise OrganizationClosed(_("The organization is closed."))
        credit.decided_by_id = actor.user_id
        _record(credit, "approved", actor=actor, reason=credit.reason, now=now)
        _give(credit, actor=actor, now=now)
        return credit


def decline(*, credit_id: str, note: str, actor: Actor, now: datetime) -> ManualCredit:
    """
    Refuse what somebody else asked for, and say why. Raises as `approve` does.
    """
    with transaction.atomic(durable=True):
        credit = _locked(credit_id, actor=actor)
        credit.status = ManualCreditStatus.DECLINED
        credit.decided_by_id, credit.decided_at, credit.note = actor.user_id, now, note
        credit.save()
        _record(credit, "declined", actor=actor, reason=note, now=now)
        return credit


def _locked(credit_id: str, *, actor: Actor) -> ManualCredit:
    """The credit, under its organization's lock, if this person may decide it."""
    found = ManualCredit.objects.filter(public_id=credit_id)
    organization_id = found.values_list("organization_id", flat=True).first()
    if organization_id is None or actor.user_id is None:
        raise ManualCreditNotFound(_("There is no such credit to decide."))
    lock_organization(organization_id=organization_id)
    credit = found.select_related("organization", "feature").get()
    if credit.status != ManualCreditStatus.WAITING:
        raise AlreadyDecided(_("Somebody has decided this already."))
    if credit.asked_by_id == actor.user_id:
        raise SamePerson(_("Whoever asked for it does not decide it: a second person does."))
    return credit


def _written(
    wish: Wish, *, organization: Organization, actor: Actor, now: datetime
) -> ManualCredit:
    """What is wanted, checked as if it were given now, and not stored."""
    credit = ManualCredit(
        organization=organization,
        request=wish.request,
        reason=wish.reason,
        expires_at=wish.expires_at,
        asked_by_id=actor.user_id,
        asked_label=actor.label,
        asked_at=now,
    )
    if isinstance(wish, MoneyWish):
        check_amount(wish.amount)
        if wish.expires_at is not None and wish.expires_at <= now:
            raise ExpiresTooEarly(_("The credit would have expired already."))
        credit.kind = ManualCreditKind.MONEY
        credit.currency, credit.amount_minor = wish.amount.currency, wish.amount.minor
        return credit
    credit.kind, credit.category = ManualCreditKind.CREDITS, wish.category
    credit.credits, credit.priority = wish.amount, wish.priority
    credit.actions = list(wish.actions)
    credit.feature = Feature.objects.filter(code=wish.feature, meter__isnull=False).first()
    if credit.feature is None:
        raise FeatureNotFound(
            _("There is no metered feature “%(feature)s”.") % {"feature": wish.feature}
        )
    check_order(_grant_order(credit), now=now)
    return credit


def _give(credit: ManualCredit, *, actor: Actor, now: datetime) -> None:
    organization = credit.organization
    if credit.kind == ManualCreditKind.MONEY:
        assert credit.amount_minor is not None, credit
        credit.money_credit = grant_money_credit(
            organization=organization,
            order=MoneyCreditOrder(
                amount=Money(credit.amount_minor, credit.currency),
                cause=MoneyCreditCause.MANUAL,
                source=credit.request,
                reason=credit.reason,
                expires_at=credit.expires_at,
            ),
            actor=actor,
            now=now,
        )
    else:
        credit.grant = carry_out(
            organization=organization, order=_grant_order(credit), actor=actor, now=now
        )
    credit.status, credit.decided_at = ManualCreditStatus.GIVEN, now
    credit.save()


def _grant_order(credit: ManualCredit) -> GrantOrder:
    assert credit.feature is not None, credit
    assert credit.credits is not None, credit
    assert credit.priority is not None, credit
    return GrantOrder(
        feature=credit.feature.code,
        category=GrantCategory(credit.category),
        amount=credit.credits,
        source=credit.request,
        reason=credit.reason,
        expires_at=credit.expires_at,
        priority=credit.priority,
        actions=credit.actions,
    )


def _record(credit: ManualCredit, deed: str, *, actor: Actor, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"manual_credit.{deed}",
        target=credit.public_id,
        organization=credit.organization,
        changes=_facts_of(credit),
        reason=reason,
        now=now,
    )


def _facts_of(credit: ManualCredit) -> dict[str, Any]:
    if credit.kind == ManualCreditKind.MONEY:
        return {"amount_minor": credit.amount_minor, "currency": credit.currency}
    assert credit.feature is not None, credit
    return {"feature": credit.feature.code, "amount": str(credit.credits)}
