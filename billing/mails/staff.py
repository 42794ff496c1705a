"""Mails to staff about what waits for a second person."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mails.kinds import Facts, Kind
from accounts.mails.letters import Button, Letter, Occasion, page
from accounts.mails.recipients import Recipient
from accounts.models import MailNotice
from accounts.people.language import language_of

from ..choices import ManualCreditStatus
from ..manual_credits.deciders import CREDIT_WAITS, list_deciders
from ..models import ManualCredit
from .words import money, quantity


def _find(notice: MailNotice) -> ManualCredit | None:
    return ManualCredit.objects.filter(public_id=notice.data["id"]).first()


def _deciders(notice: MailNotice) -> list[Recipient]:
    """Who may decide it. Where nobody may, those who look after the installation have to know."""
    credit = _find(notice)
    if credit is None:
        return []
    people = [
        Recipient(person.email, language_of(user=person, organization=None), person)
        for person in list_deciders(asked_by_id=credit.asked_by_id)
    ]
    return people or [Recipient(settings.SUPPORT_EMAIL.lower(), settings.LANGUAGE_CODE)]


def _while_it_waits(notice: MailNotice, _now: datetime) -> Facts | None:
    """The facts, with where to decide; None once somebody has."""
    credit = _find(notice)
    if credit is None or credit.status != ManualCreditStatus.WAITING:
        return None
    return {**notice.data, "key": credit.pk}


def _amount(facts: Facts) -> str:
    if "money" in facts:
        return money(facts["money"])
    named = {"quantity": quantity(facts["credits"]), "feature": facts["feature_name"]}
    return _("%(quantity)s %(feature)s") % named


def _write(occasion: Occasion) -> Letter:
    facts = occasion.data
    named: dict[str, Any] = {
        "amount": _amount(facts),
        "customer": facts["customer"],
        "person": facts["asked_by"],
    }
    lead = _(
        "%(person)s wants to give %(customer)s %(amount)s. That is more than one person gives "
        "alone: it waits until somebody else approves or declines it."
    )
    return Letter(
        subject=_("To decide: %(amount)s for %(customer)s") % named,
        lead=lead % named,
        rows=(
            (_("Organization"), facts["customer"]),
            (_("To be given"), named["amount"]),
            (_("Asked for by"), facts["asked_by"]),
            (_("Reason"), facts["reason"]),
        ),
        button=Button(
            _("Approve or decline"), page(f"/admin/billing/manualcredit/{facts['key']}/change/")
        ),
        reason=_("You get this because you may decide on credits that others want to give."),
    )


KINDS: Final = [
    Kind(
        code=CREDIT_WAITS,
        name=gettext_lazy("Credit waits for a second person"),
        recipients=_deciders,
        load=_while_it_waits,
        write=_write,
        sample={
            "id": "mcr_example",
            "key": 1,
            "customer": "Acme",
            "asked_by": "sam@tallybook.example",
            "reason": "For the outage of 3 March",
            "money": {"amount_minor": 25_000, "currency": "USD"},
        },
    ),
]
