"""Mails about moves to another plan: their numbers, their date, and what one can do about them."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.mails.kinds import Facts, Kind
from accounts.mails.letters import Button, Letter, Occasion, page
from config.kernel.money import Money

from ..choices import GuaranteeRule, OfferStatus, Verdict
from ..repricing.offers.noticing import (
    REMINDER,
    facts_of_notice,
    facts_once_accepted,
    remember_departure,
)
from ..repricing.offers.reaching import NOTICE
from ..repricing.offers.wording import comparison_words, guarantee_words
from ..wording import quantity_words
from .people import billing_people
from .reasons import why_billing
from .words import money

ACCEPTED: Final = "repricing_accepted"


def _names(occasion: Occasion) -> dict[str, Any]:
    facts = occasion.data
    return {
        "organization": occasion.organization,
        "before": facts["from_plan_name"],
        "plan": facts["plan_name"],
        "at": occasion.moment("effective_at"),
        "day": occasion.day("effective_at"),
        "saving": money(_difference(facts)),
    }


def _saving(facts: Facts) -> Money:
    now, then = facts["current_average"], facts["new_average"]
    return Money(now["amount_minor"] - then["amount_minor"], now["currency"])


def _difference(facts: Facts) -> dict[str, Any]:
    saving = _saving(facts)
    return {"amount_minor": abs(saving.minor), "currency": saving.currency}


def _comparison(facts: Facts) -> str:
    return comparison_words(
        before=facts["from_plan_name"],
        after=facts["plan_name"],
        now=money(facts["current_average"]),
        then=money(facts["new_average"]),
        difference=money(_difference(facts)),
        months=facts["month_count"],
        saving=_saving(facts),
    )


def _rows(occasion: Occasion) -> tuple[tuple[str, str], ...]:
    facts = occasion.data
    named = {"before": facts["from_plan_name"], "plan": facts["plan_name"]}
    rows = [
        (_("%(before)s, a month on average") % named, money(facts["current_average"])),
        (_("%(plan)s, a month on average") % named, money(facts["new_average"])),
    ]
    if facts["month_count"]:
        rows.append((_("%(before)s, dearest month") % named, money(facts["current_worst"])))
        if facts["new_worst"] is not None:
            rows.append((_("%(plan)s, dearest month") % named, money(facts["new_worst"])))
    rows += [
        (_("Seats"), quantity_words(facts["seats"])),
        (_("Takes effect"), occasion.moment("effective_at")),
    ]
    if facts["answer_by"] and not facts["must_move"]:
        rows.append((_("Please answer by"), occasion.moment("answer_by")))
    return tuple(rows)


def _choice(occasion: Occasion) -> str:
    """What happens, and when, if one does this or that."""
    facts = occasion.data
    if facts["status"] == OfferStatus.ACCEPTED:
        words = _("You have accepted: %(organization)s moves to %(plan)s on %(at)s.")
    elif facts["must_move"]:
        words = _(
            "%(organization)s moves to %(plan)s on %(at)s, when a period that is paid for ends. "
            "Until then nothing changes. You need not do anything."
        )
    else:
        words = _(
            "If you accept, %(organization)s moves to %(plan)s on %(at)s, when a period that is "
            "paid for ends. If you do nothing, everything stays as it is."
        )
    return words % _names(occasion)


def _notes(facts: Facts) -> tuple[str, ...]:
    guarantee = guarantee_words(months=facts["guarantee_months"], rule=facts["guarantee_rule"])
    taxes = _("All amounts are before tax.")
    return tuple(note for note in (facts["why"], guarantee, taxes) if note)


def _write_notice(occasion: Occasion) -> Letter:
    facts = occasion.data
    if facts["must_move"]:
        subject = _("%(organization)s moves from %(before)s to %(plan)s on %(day)s")
    elif facts["verdict"] == Verdict.SAVES:
        subject = _("%(organization)s saves %(saving)s a month with %(plan)s")
    else:
        subject = _("%(organization)s can move from %(before)s to %(plan)s")
    return Letter(
        subject=subject % _names(occasion),
        lead=f"{_comparison(facts)} {_choice(occasion)}",
        rows=_rows(occasion),
        button=Button(_("See all numbers"), page("/plan/offer/")),
        notes=_notes(facts),
        reason=why_billing(occasion),
    )


def _write_reminder(occasion: Occasion) -> Letter:
    facts = occasion.data
    days = facts["days_before"]
    if facts["must_move"] or facts["status"] == OfferStatus.ACCEPTED:
        subject = ngettext(
            "In %(days)s day %(organization)s moves to %(plan)s",
            "In %(days)s days %(organization)s moves to %(plan)s",
            days,
        )
    else:
        subject = _("%(organization)s can still move to %(plan)s on %(day)s")
    return Letter(
        subject=subject % {**_names(occasion), "days": days},
        lead=f"{_choice(occasion)} {_comparison(facts)}",
        rows=_rows(occasion),
        button=Button(_("See all numbers"), page("/plan/offer/")),
        notes=_notes(facts),
        reason=why_billing(occasion),
    )


def _write_accepted(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = _names(occasion)
    notes = [_("Until then everything stays as it is.")]
    if not facts["must_move"]:
        notes.append(_("Until then you can take it back."))
    if facts["waives_notice"]:
        notes.append(_("You asked for less notice than you are entitled to."))
    return Letter(
        subject=_("%(organization)s moves to %(plan)s on %(day)s, as you accepted") % named,
        lead=_("%(organization)s moves from %(before)s to %(plan)s on %(at)s.") % named,
        rows=_rows(occasion),
        button=Button(_("See the offer"), page("/plan/offer/")),
        notes=(*notes, *_notes(facts)),
        reason=why_billing(occasion),
    )


_OFFER: Final[Facts] = {
    "id": "rpo_example",
    "status": "open",
    "verdict": "saves",
    "must_move": False,
    "from_plan": "team_seats",
    "from_plan_name": "Team seats",
    "plan": "professional",
    "plan_name": "Professional",
    "plan_version": 1,
    "interval": "month",
    "seats": 20,
    "current_average": {"amount_minor": 75_000, "currency": "USD"},
    "new_average": {"amount_minor": 29_900, "currency": "USD"},
    "current_worst": {"amount_minor": 75_000, "currency": "USD"},
    "new_worst": {"amount_minor": 29_900, "currency": "USD"},
    "noticed_at": "2026-03-10T12:00:00Z",
    "effective_at": "2026-07-01T00:00:00Z",
    "answer_by": None,
    "waives_notice": False,
    "why": "Credits follow what you use, and seats do not any more.",
    "month_count": 12,
    "guarantee_months": 6,
    "guarantee_rule": GuaranteeRule.PER_MONTH,
}

KINDS: Final = [
    Kind(
        code=NOTICE,
        name=gettext_lazy("Offer of another plan"),
        recipients=billing_people,
        load=facts_of_notice,
        write=_write_notice,
        sent=remember_departure,
        sample=_OFFER,
    ),
    Kind(
        code=REMINDER,
        name=gettext_lazy("Move to another plan soon"),
        recipients=billing_people,
        load=facts_of_notice,
        write=_write_reminder,
        sent=remember_departure,
        sample={**_OFFER, "status": "accepted", "days_before": 30},
    ),
    Kind(
        code=ACCEPTED,
        name=gettext_lazy("Offer accepted"),
        recipients=billing_people,
        load=facts_once_accepted,
        write=_write_accepted,
        sample={**_OFFER, "status": "accepted"},
    ),
]
