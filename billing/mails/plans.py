"""Mails about the contract: trials, changes of plan, its end."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mails.kinds import Facts, Kind
from accounts.mails.letters import Button, Letter, Occasion, page

from ..choices import BillingInterval, EndReason
from ..wording import quantity_words
from .looking_up import unless_followed, unless_replaced, with_price, with_price_then
from .people import billing_people
from .reasons import why_billing
from .words import price

TRIAL_ENDING: Final = "trial_ending"
CHANGE_SCHEDULED: Final = "plan_change_scheduled"
CHANGE_UNDONE: Final = "plan_change_undone"
PLAN_CHANGED: Final = "plan_changed"
CANCELLATION: Final = "cancellation_scheduled"
RESUMED: Final = "cancellation_undone"
ENDED: Final = "plan_ended"

_AGREED: Final = frozenset({"plan", "plan_version", "interval", "seats"})


def kind_of_update(data: Facts, _now: datetime) -> str | None:
    """Which mail tells that a subscription is another one: only if what was agreed on is."""
    return PLAN_CHANGED if _AGREED & set(data.get("previous_attributes", ())) else None


def kind_of_scheduled_end(data: Facts, _now: datetime) -> str | None:
    """A trial without a payment method ends by itself: of that its own mail tells."""
    return None if data.get("end_reason") == EndReason.TRIAL_WITHOUT_CARD else CANCELLATION


def _names(occasion: Occasion) -> dict[str, Any]:
    facts = occasion.data
    return {
        "organization": occasion.organization,
        "plan": facts["plan_name"],
        "price": price(facts["price"], interval=facts["interval"]),
    }


def _terms(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The terms that somebody agreed to, or will be on."""
    return (
        (_("Plan"), facts["plan_name"]),
        (_("Billed"), str(BillingInterval(facts["interval"]).label)),
        (_("Seats"), quantity_words(facts["seats"])),
        (_("Price before tax"), price(facts["price"], interval=facts["interval"])),
    )


def _write_trial(occasion: Occasion) -> Letter:
    named = _names(occasion) | {
        "until": occasion.moment("trial_ends_at"),
        "day": occasion.day("trial_ends_at"),
    }
    if occasion.data["end_reason"] == EndReason.TRIAL_WITHOUT_CARD:
        lead = _(
            "The trial of %(plan)s by %(organization)s ends on %(until)s, and nothing is charged. "
            "With a payment method it goes on for %(price)s."
        )
        button = Button(_("Add a payment method"), page("/payment/"))
    else:
        lead = _(
            "The trial of %(plan)s by %(organization)s ends on %(until)s. From then on it costs "
            "%(price)s."
        )
        button = Button(_("See the plan"), page("/plan/"))
    return Letter(
        subject=_("The trial of %(plan)s ends on %(day)s") % named,
        lead=lead % named,
        rows=_terms(occasion.data),
        button=button,
        reason=why_billing(occasion),
    )


def _write_scheduled(occasion: Occasion) -> Letter:
    named = _names(occasion) | {
        "at": occasion.moment("effective_at"),
        "day": occasion.day("effective_at"),
        "before": occasion.data["subscription"]["plan_name"],
    }
    return Letter(
        subject=_("%(organization)s moves to %(plan)s on %(day)s") % named,
        lead=_(
            "%(organization)s moves from %(before)s to %(plan)s on %(at)s. From then on it costs "
            "%(price)s."
        )
        % named,
        rows=_terms(occasion.data),
        button=Button(_("See the change"), page("/plan/")),
        notes=(_("Until then everything stays as it is, and the change can be undone."),),
        reason=why_billing(occasion),
    )


def _write_undone(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = {
        "organization": occasion.organization,
        "at": occasion.moment("effective_at"),
        "plan": facts["subscription"]["plan_name"],
        "price": price(facts["price"], interval=facts["subscription"]["interval"]),
        "then": facts["plan_name"],
    }
    return Letter(
        subject=_("%(organization)s stays on %(plan)s") % named,
        lead=_(
            "%(organization)s does not move to %(then)s on %(at)s: it stays on %(plan)s for "
            "%(price)s."
        )
        % named,
        button=Button(_("See the plan"), page("/plan/")),
        reason=why_billing(occasion),
    )


def _write_changed(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = _names(occasion) | {"at": occasion.moment("effective_at")}
    if set(facts["previous_attributes"]) & _AGREED == {"seats"}:
        named["seats"] = quantity_words(facts["seats"])
        subject = _("%(organization)s now has %(seats)s seats")
        lead = _("%(organization)s has had %(seats)s seats since %(at)s. %(plan)s costs %(price)s.")
    else:
        subject = _("%(organization)s is now on %(plan)s")
        lead = _("%(organization)s has been on %(plan)s since %(at)s. It costs %(price)s.")
    return Letter(
        subject=subject % named,
        lead=lead % named,
        rows=_terms(facts),
        button=Button(_("See the plan"), page("/plan/")),
        reason=why_billing(occasion),
    )


def _write_cancellation(occasion: Occasion) -> Letter:
    named = _names(occasion) | {
        "until": occasion.moment("cancel_at"),
        "day": occasion.day("cancel_at"),
    }
    return Letter(
        subject=_("%(plan)s of %(organization)s ends on %(day)s") % named,
        lead=_(
            "%(plan)s of %(organization)s is canceled and ends on %(until)s. It does not renew, "
            "and the price of %(price)s is not charged again."
        )
        % named,
        button=Button(_("Keep the plan"), page("/plan/")),
        notes=(
            _(
                "Until then everything works as before. What is used beyond the allowance is "
                "still charged."
            ),
        ),
        reason=why_billing(occasion),
    )


def _write_resumed(occasion: Occasion) -> Letter:
    named = _names(occasion) | {"at": occasion.moment("current_period_end")}
    return Letter(
        subject=_("%(plan)s of %(organization)s goes on") % named,
        lead=_(
            "%(plan)s of %(organization)s is no longer canceled. It renews on %(at)s for %(price)s."
        )
        % named,
        button=Button(_("See the plan"), page("/plan/")),
        reason=why_billing(occasion),
    )


def _write_ended(occasion: Occasion) -> Letter:
    named = {
        "organization": occasion.organization,
        "plan": occasion.data["plan_name"],
        "at": occasion.moment("ended_at"),
    }
    return Letter(
        subject=_("%(plan)s of %(organization)s has ended") % named,
        lead=_(
            "%(plan)s of %(organization)s ended on %(at)s, and what it included with it. It costs "
            "nothing from then on."
        )
        % named,
        button=Button(_("Choose a plan"), page("/plan/")),
        notes=(_("What was used beyond the allowance before may still be invoiced."),),
        reason=why_billing(occasion),
    )


_USD_299: Final = {"amount_minor": 29_900, "currency": "USD"}
_SUBSCRIPTION: Final[Facts] = {
    "id": "agr_example",
    "plan": "professional",
    "plan_name": "Professional",
    "plan_version": 1,
    "currency": "USD",
    "interval": "month",
    "seats": 5,
    "price": _USD_299,
    "trial_ends_at": "2026-03-13T12:00:00Z",
    "effective_at": "2026-03-10T12:00:00Z",
    "current_period_end": "2026-04-01T00:00:00Z",
    "cancel_at": "2026-04-01T00:00:00Z",
    "ended_at": "2026-04-01T00:00:00Z",
    "end_reason": None,
    "previous_attributes": {"plan": "starter", "plan_name": "Starter"},
}
_CHANGE: Final[Facts] = {
    **_SUBSCRIPTION,
    "plan": "starter",
    "plan_name": "Starter",
    "price": {"amount_minor": 9_900, "currency": "USD"},
    "effective_at": "2026-04-01T00:00:00Z",
    "subscription": _SUBSCRIPTION,
}

KINDS: Final = [
    Kind(
        code=TRIAL_ENDING,
        name=gettext_lazy("Trial ends soon"),
        recipients=billing_people,
        load=with_price,
        write=_write_trial,
        sample=_SUBSCRIPTION,
    ),
    Kind(
        code=CHANGE_SCHEDULED,
        name=gettext_lazy("Change of plan scheduled"),
        recipients=billing_people,
        load=with_price_then,
        write=_write_scheduled,
        sample=_CHANGE,
    ),
    Kind(
        code=CHANGE_UNDONE,
        name=gettext_lazy("Change of plan undone"),
        recipients=billing_people,
        load=unless_replaced,
        write=_write_undone,
        sample={**_CHANGE, "price": _USD_299},
    ),
    *(
        Kind(
            code=code,
            name=name,
            recipients=billing_people,
            load=with_price,
            write=write,
            sample=_SUBSCRIPTION,
        )
        for code, name, write in (
            (PLAN_CHANGED, gettext_lazy("Plan changed"), _write_changed),
            (CANCELLATION, gettext_lazy("Cancellation scheduled"), _write_cancellation),
            (RESUMED, gettext_lazy("Cancellation taken back"), _write_resumed),
        )
    ),
    Kind(
        code=ENDED,
        name=gettext_lazy("Plan ended"),
        recipients=billing_people,
        load=unless_followed,
        write=_write_ended,
        sample=_SUBSCRIPTION,
    ),
]
