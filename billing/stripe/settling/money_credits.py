"""
Money credits on the customer's balance at Stripe: put there once, and what is left of an expired
one taken back.

Stripe takes the balance off the next invoice by itself when that becomes final.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from accounts.models import Organization
from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep

from ...choices import IntentStatus, MoneyCreditStatus
from ...models import BalanceEntry, MoneyCredit, StripeCustomer, StripeIntent
from ...money_credits.queries import standing_of
from ..gateway.configuration import is_connected
from ..gateway.errors import StripeRefused
from ..gateway.facts import Json
from ..intents import Call, concludes, perform
from ..journeys.customers import ensure_customer
from .balance import MONEY_CREDIT, bring_balance_level

_GIVE_KEY: Final = "money-credit:"
_TAKE_BACK_KEY: Final = "money-credit-back:"
# An invoice may become final between the look and the taking; then it is looked at again.
_ROUNDS: Final = 4


def settle_all_money_credits(*, now: datetime) -> int:
    """
    Put every credit that was granted on its customer's balance, take back what is left of those
    that have expired, and return the number of organizations. Without Stripe they wait.

    One that fails does not hold up the others: the failures are raised together at the end.
    """
    if not is_connected():
        return 0
    waiting = _waiting(now + F("organization__clock_ahead")).order_by("organization_id")
    organization_ids = list(waiting.values_list("organization_id", flat=True).distinct())
    visited = sweep(
        organization_ids,
        lambda organization_id: settle_money_credits(
            organization_id=organization_id,
            now=time_of(organization_id=organization_id, now=now),
        ),
        doing="settling the money credits of",
    )
    return len(visited)


def settle_money_credits(*, organization_id: int, now: datetime) -> None:
    """
    Do the same for one organization, whose time `now` is. Doing it again changes nothing.

    Raises `StripeUnavailable`, and `StripeRefused` for what Stripe will not take, which holds up
    no other credit; what was done stays done.
    """
    credits = list(_waiting(now).filter(organization_id=organization_id).order_by("pk"))
    if not credits:
        return
    organization = Organization.objects.get(pk=organization_id)
    customer = ensure_customer(organization=organization, now=now)
    refusals = []
    for credit in credits:
        try:
            _settle(credit, customer=customer, now=now)
        except StripeRefused as refusal:
            refusals.append(refusal)
    bring_balance_level(customer=customer)
    if refusals:
        raise refusals[0]


def _waiting(own_now: datetime | Combinable) -> QuerySet[MoneyCredit]:
    """
    Credits to put on a balance, to take back, or whose entry is not copied yet, by the time of
    their organizations.
    """
    copied = BalanceEntry.objects.filter(money_credit=OuterRef("pk"))
    return MoneyCredit.objects.filter(
        Q(status=MoneyCreditStatus.GRANTED)
        | Q(status=MoneyCreditStatus.CREDITED, expires_at__lte=own_now)
        | Q(~Exists(copied), status=MoneyCreditStatus.CREDITED),
        organization__closed_at=None,
    )


def _settle(credit: MoneyCredit, *, customer: StripeCustomer, now: datetime) -> None:
    has_expired = credit.expires_at is not None and credit.expires_at <= now
    if credit.status == MoneyCreditStatus.GRANTED:
        if has_expired and not _may_be_there(credit):
            _end(credit, taken_back=credit.amount_minor, now=now)
            return
        _move(credit, customer=customer, amount=credit.amount_minor, key=_GIVE_KEY, now=now)
    if has_expired:
        _take_back(credit, customer=customer, now=now)


def _may_be_there(credit: MoneyCredit) -> bool:
    """Whether it was asked for to be put on the balance, and may have come there."""
    asked = StripeIntent.objects.filter(key=f"{_GIVE_KEY}{credit.public_id}")
    return asked.filter(status__in=[IntentStatus.OPEN, IntentStatus.DONE]).exists()


def _take_back(credit: MoneyCredit, *, customer: StripeCustomer, now: datetime) -> None:
    """
    Take back what no invoice has used. What an invoice used meanwhile is given again, so that
    never more than what was left is taken.
    """
    for _round in range(_ROUNDS):
        bring_balance_level(customer=customer)
        lot = standing_of(organization_id=credit.organization_id).get(credit.public_id)
        if lot is None:
            return
        to_move = lot.taken_too_much or -lot.left
        if to_move == 0:
            _end(credit, taken_back=lot.taken_back, now=now)
            return
        moves = BalanceEntry.objects.filter(money_credit=credit).count()
        key = f"{_TAKE_BACK_KEY}{moves}:"
        _move(credit, customer=customer, amount=to_move, key=key, now=now)


def _move(
    credit: MoneyCredit, *, customer: StripeCustomer, amount: int, key: str, now: datetime
) -> None:
    """Put an amount on the balance; below zero, take it from there."""
    perform(
        Call(
            operation="customers.balance_transactions.create",
            target=customer.stripe_id,
            key=f"{key}{credit.public_id}",
            params={
                "amount": -amount,
                "currency": credit.currency.lower(),
                "description": credit.reason,
                "metadata": {MONEY_CREDIT: credit.public_id},
            },
            subject=credit.public_id,
            organization_id=credit.organization_id,
        ),
        now=now,
    )


@concludes("customers.balance_transactions.create")
def note_credited(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """A credit that was put on the balance is there, also if it was given up as expired."""
    if not intent.key.startswith(_GIVE_KEY):
        return
    assert intent.organization_id is not None, intent
    lock_organization(organization_id=intent.organization_id)
    MoneyCredit.objects.filter(public_id=intent.subject, balance_entry_id="").update(
        status=MoneyCreditStatus.CREDITED,
        balance_entry_id=answer["id"],
        credited_at=now,
        ended_at=None,
        taken_back_minor=0,
    )


@transaction.atomic
def _end(credit: MoneyCredit, *, taken_back: int, now: datetime) -> None:
    """Write down that it has ended, unless it went on meanwhile."""
    lock_organization(organization_id=credit.organization_id)
    MoneyCredit.objects.filter(pk=credit.pk, ended_at=None).update(
        status=MoneyCreditStatus.TAKEN_BACK, taken_back_minor=taken_back, ended_at=now
    )
