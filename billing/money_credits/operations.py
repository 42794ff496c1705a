"""Give money back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import operations as audit
from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant
from config.kernel.errors import Invalid
from config.kernel.money import Money

from ..choices import MoneyCreditCause
from ..events import EventType
from ..models import MoneyCredit
from ..models.settlement import LARGEST_CHARGE_MINOR
from ..usage.grants import ExpiresTooEarly
from ..wording import money_words


@dataclass(frozen=True, slots=True)
class MoneyCreditOrder:
    """
    Money to give back, and why.

    `source` names what it is given for: it is given once for it, whatever else is ordered under
    the same name later. The customer reads the `reason`. What no invoice has used by `expires_at`
    is taken back (None: never).
    """

    amount: Money
    cause: MoneyCreditCause
    source: str
    reason: str
    expires_at: datetime | None = None


def grant_money_credit(
    *, organization: Organization, order: MoneyCreditOrder, actor: Actor, now: datetime
) -> MoneyCredit:
    """
    Give money back once: it comes off the next invoices, and is put on the customer's balance at
    Stripe by a sweep.

    An order that was carried out before is not carried out again: its credit is returned. It
    belongs to the caller's transaction, if there is one, and takes the organization's lock.
    Raises `Invalid` for an amount that is no credit, and `ExpiresTooEarly`.
    """
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        given = MoneyCredit.objects.owned_by(organization).filter(source=order.source).first()
        if given is not None:
            return given
        check_amount(order.amount)
        if order.expires_at is not None and order.expires_at <= now:
            raise ExpiresTooEarly(_("The credit would have expired already."))
        credit = MoneyCredit.objects.create(
            organization=organization,
            cause=order.cause,
            source=order.source,
            reason=order.reason,
            currency=order.amount.currency,
            amount_minor=order.amount.minor,
            granted_at=now,
            expires_at=order.expires_at,
        )
        _write_down(credit, organization=organization, actor=actor, now=now)
        return credit


def check_amount(money: Money) -> None:
    """Raises `Invalid` for an amount that no customer can be given."""
    if not 0 < money.minor < LARGEST_CHARGE_MINOR:
        most = money_words(Money(LARGEST_CHARGE_MINOR, money.currency))
        raise Invalid(_("A credit is more than nothing, and less than %(most)s.") % {"most": most})


def told_of(credit: MoneyCredit) -> dict[str, Any]:
    """What apps are told of a credit, in the names that the API has for it."""
    return {
        "id": credit.public_id,
        "cause": credit.cause,
        "reason": credit.reason,
        "amount": amount(credit.amount_minor, credit.currency),
        "granted_at": instant(credit.granted_at),
        "expires_at": instant(credit.expires_at),
    }


def _write_down(
    credit: MoneyCredit, *, organization: Organization, actor: Actor, now: datetime
) -> None:
    facts = told_of(credit)
    audit.record(
        actor=actor,
        action="money_credit.granted",
        target=credit.public_id,
        organization=organization,
        changes={name: facts[name] for name in ("cause", "amount", "expires_at")}
        | {"source": credit.source},
        reason=credit.reason,
        now=now,
    )
    announce(
        organization_id=organization.pk,
        type=EventType.MONEY_CREDIT_GRANTED,
        dedupe_key=f"{EventType.MONEY_CREDIT_GRANTED}:{credit.public_id}",
        data=facts,
        now=now,
    )
