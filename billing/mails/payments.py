"""Mails about money: receipts, payments that failed, and packs of credits."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.mails.kinds import Facts, Kind
from accounts.mails.letters import Button, Letter, Occasion, instant_of, page
from accounts.mails.notices import NEWS_FOR

from ..choices import TopUpTrigger
from ..wording import quantity_words
from .looking_up import unless_paid, with_feature
from .people import billing_people
from .reasons import why_billing
from .words import is_nothing, money, quantity

RECEIPT: Final = "receipt"
PAYMENT_FAILED: Final = "payment_failed"
TOP_UP_PAID: Final = "top_up_paid"
TOP_UP_FAILED: Final = "top_up_failed"
AUTOMATIC_TOP_UP: Final = "automatic_top_up"
AUTOMATIC_TOP_UP_FAILED: Final = "automatic_top_up_failed"
MONEY_CREDIT: Final = "money_credit"


def kind_of_paid_invoice(data: Facts, now: datetime) -> str | None:
    """A receipt, unless there was nothing to pay, or that is no news: a history is brought in."""
    paid_at = data.get("paid_at")
    if paid_at is None or is_nothing(data["amount_paid"]):
        return None
    return RECEIPT if now - instant_of(paid_at) < NEWS_FOR else None


def kind_of_paid_top_up(data: Facts, _now: datetime) -> str:
    """Whether somebody ordered the credits or they came by themselves."""
    return AUTOMATIC_TOP_UP if data.get("trigger") == TopUpTrigger.AUTOMATIC else TOP_UP_PAID


def kind_of_failed_top_up(data: Facts, _now: datetime) -> str:
    """The same of a payment that failed."""
    is_automatic = data.get("trigger") == TopUpTrigger.AUTOMATIC
    return AUTOMATIC_TOP_UP_FAILED if is_automatic else TOP_UP_FAILED


def _write_receipt(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = {
        "organization": occasion.organization,
        "amount": money(facts["amount_paid"]),
        "number": facts["number"],
        "at": occasion.moment("paid_at"),
    }
    rows = [(_("Invoice"), facts["number"]), (_("Subtotal"), money(facts["subtotal"]))]
    rows += [
        (name, money(facts[part]))
        for name, part in ((_("Discount"), "discount"), (_("Tax"), "tax"))
        if not is_nothing(facts[part])
    ]
    rows += [(_("Total"), money(facts["total"])), (_("Paid"), named["amount"])]
    return Letter(
        subject=_("Receipt: %(amount)s for invoice %(number)s") % named,
        lead=_("%(organization)s paid %(amount)s for invoice %(number)s on %(at)s.") % named,
        rows=tuple(rows),
        button=Button(_("See the invoice"), page(f"/invoices/{facts['id']}/")),
        reason=why_billing(occasion),
    )


def _write_failure(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = {
        "organization": occasion.organization,
        "amount": money(facts["amount_remaining"]),
        "number": facts["number"],
    }
    if facts["next_attempt_at"]:
        named["next"] = occasion.moment("next_attempt_at")
        lead = _(
            "The payment of %(amount)s for invoice %(number)s of %(organization)s failed. It is "
            "tried again on %(next)s."
        )
    else:
        lead = _(
            "The payment of %(amount)s for invoice %(number)s of %(organization)s failed, and is "
            "not tried again by itself."
        )
    return Letter(
        subject=_("The payment of %(amount)s for invoice %(number)s failed") % named,
        lead=lead % named,
        rows=((_("Still to pay"), named["amount"]), (_("Why it failed"), facts["last_error"])),
        button=Button(_("Change how you pay"), page("/payment/")),
        reason=why_billing(occasion),
    )


def _order(occasion: Occasion) -> dict[str, Any]:
    facts = occasion.data
    return {
        "organization": occasion.organization,
        "credits": quantity(facts["credits"]),
        "feature": facts["feature_name"],
        "amount": money(facts["amount"]),
    }


def _order_rows(occasion: Occasion) -> tuple[tuple[str, str], ...]:
    facts = occasion.data
    return (
        (_("Pack"), facts["pack_name"]),
        (_("Packs"), quantity_words(facts["count"])),
        (_("Credits"), quantity(facts["credits"])),
        (_("Price"), money(facts["amount"])),
        (_("Good for"), _lifetime(facts["expires_after_months"])),
    )


def _lifetime(months: int | None) -> str:
    if months is None:
        return _("they do not expire")
    return ngettext("%(count)s month", "%(count)s months", months) % {
        "count": quantity_words(months)
    }


def _write_paid(occasion: Occasion) -> Letter:
    named = _order(occasion)
    return Letter(
        subject=_("%(credits)s %(feature)s added for %(amount)s") % named,
        lead=_(
            "%(organization)s bought %(credits)s %(feature)s for %(amount)s. They can be used now."
        )
        % named,
        rows=_order_rows(occasion),
        button=Button(_("See the credits"), page("/credits/")),
        reason=why_billing(occasion),
    )


def _write_automatic(occasion: Occasion) -> Letter:
    named = _order(occasion)
    return Letter(
        subject=_("%(credits)s %(feature)s added automatically for %(amount)s") % named,
        lead=_(
            "%(organization)s was low on %(feature)s, so %(credits)s were bought automatically for "
            "%(amount)s. They can be used now."
        )
        % named,
        rows=_order_rows(occasion),
        button=Button(_("See the credits"), page("/credits/")),
        reason=why_billing(occasion),
    )


def _write_unpaid(occasion: Occasion) -> Letter:
    named = _order(occasion)
    return Letter(
        subject=_("The payment of %(amount)s for %(credits)s %(feature)s failed") % named,
        lead=_(
            "The payment of %(amount)s for %(credits)s %(feature)s of %(organization)s failed. No "
            "credits were added."
        )
        % named,
        rows=_order_rows(occasion),
        button=Button(_("Order again"), page("/credits/")),
        reason=why_billing(occasion),
    )


def _write_automatic_unpaid(occasion: Occasion) -> Letter:
    named = _order(occasion)
    return Letter(
        subject=_("The automatic top-up of %(amount)s failed") % named,
        lead=_(
            "%(organization)s was low on %(feature)s, but the payment of %(amount)s for "
            "%(credits)s failed. No credits were added, and the automatic top-up is off now."
        )
        % named,
        rows=_order_rows(occasion),
        button=Button(_("Turn it on again"), page("/credits/")),
        reason=why_billing(occasion),
    )


def _write_credit(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = {"organization": occasion.organization, "amount": money(facts["amount"])}
    rows = [(_("Credit"), named["amount"]), (_("Why"), facts["reason"])]
    if facts["expires_at"]:
        rows.append((_("Comes off invoices until"), occasion.moment("expires_at")))
    return Letter(
        subject=_("%(organization)s gets %(amount)s back") % named,
        lead=_(
            "%(organization)s gets a credit of %(amount)s. It comes off the next invoice, and what "
            "is left of it off those after it."
        )
        % named,
        rows=tuple(rows),
        button=Button(_("See your invoices"), page("/invoices/")),
        reason=why_billing(occasion),
    )


def _usd(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "USD"}


_INVOICE: Final[Facts] = {
    "id": "inv_example",
    "number": "4F2A81-0007",
    "subtotal": _usd(29_900),
    "discount": _usd(0),
    "tax": _usd(5_681),
    "total": _usd(35_581),
    "amount_paid": _usd(35_581),
    "amount_remaining": _usd(35_581),
    "paid_at": "2026-03-10T12:00:00Z",
    "next_attempt_at": "2026-03-13T12:00:00Z",
    "last_error": "Your card has insufficient funds.",
}
_ORDER: Final[Facts] = {
    "id": "top_example",
    "feature": "ai_credits",
    "feature_name": "AI credits",
    "pack_name": "1,000 credits",
    "count": 2,
    "credits": "2000",
    "amount": _usd(19_800),
    "expires_after_months": 12,
}
_CREDIT: Final[Facts] = {
    "id": "mcr_example",
    "cause": "guarantee",
    "reason": "You pay no more than on your old plan: February 2026.",
    "amount": _usd(2_900),
    "granted_at": "2026-03-10T12:00:00Z",
    "expires_at": "2027-03-10T12:00:00Z",
}

KINDS: Final = [
    Kind(
        code=RECEIPT,
        name=gettext_lazy("Receipt"),
        recipients=billing_people,
        write=_write_receipt,
        sample=_INVOICE,
    ),
    Kind(
        code=PAYMENT_FAILED,
        name=gettext_lazy("Payment failed"),
        recipients=billing_people,
        load=unless_paid,
        write=_write_failure,
        sample=_INVOICE,
    ),
    *(
        Kind(
            code=code,
            name=name,
            recipients=billing_people,
            load=with_feature,
            write=write,
            sample=_ORDER,
        )
        for code, name, write in (
            (TOP_UP_PAID, gettext_lazy("Credits bought"), _write_paid),
            (TOP_UP_FAILED, gettext_lazy("Payment for credits failed"), _write_unpaid),
            (AUTOMATIC_TOP_UP, gettext_lazy("Automatic top-up"), _write_automatic),
            (
                AUTOMATIC_TOP_UP_FAILED,
                gettext_lazy("Automatic top-up failed"),
                _write_automatic_unpaid,
            ),
        )
    ),
    Kind(
        code=MONEY_CREDIT,
        name=gettext_lazy("Money credit"),
        recipients=billing_people,
        write=_write_credit,
        sample=_CREDIT,
    ),
]
