"""Mails about usage: levels, what is used up, caps, and credits that expire."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import MailAlert
from accounts.mails.kinds import Facts, Kind
from accounts.mails.letters import Button, Letter, Occasion, page
from accounts.mails.recipients import Recipient
from accounts.models import MailNotice

from ..choices import CapAction
from ..limits.crossings import LimitKind
from .looking_up import with_cap, with_feature, with_overage
from .people import spending_people, usage_people
from .reasons import why_usage
from .words import money, quantity

USAGE_LEVEL: Final = "usage_level"
LOW_BALANCE: Final = "low_balance"
SPENDING_LEVEL: Final = "spending_level"
LIMIT_REACHED: Final = "limit_reached"
SPEND_CAP: Final = "spend_cap"
CREDITS_EXPIRING: Final = "credits_expiring"

# From this share of an allowance on, what is left matters more than what is used.
_LOW: Final = Decimal(80)
_ALL: Final = Decimal(100)

_FEATURE: Final[Facts] = {
    "feature": "ai_credits",
    "feature_name": "AI credits",
    "limit": None,
    "period_starts_at": "2026-03-01T00:00:00Z",
    "period_ends_at": "2026-04-01T00:00:00Z",
}


def kind_of_threshold(data: Facts, _now: datetime) -> str:
    """Which mail tells of a level that was reached."""
    level = data["level"]
    if level["kind"] == LimitKind.MONEY:
        return SPENDING_LEVEL
    is_low = level["kind"] == LimitKind.PERCENT and _LOW <= Decimal(level["value"]) < _ALL
    return LOW_BALANCE if is_low else USAGE_LEVEL


def _people_of_level(notice: MailNotice) -> list[Recipient]:
    """Nobody, where more than this level was reached at the same moment: of that is told."""
    level = notice.data["level"]
    if level["kind"] != LimitKind.PERCENT:
        return usage_people(notice)
    reached = MailNotice.objects.filter(
        organization=notice.organization_id,
        kind__in=[USAGE_LEVEL, LOW_BALANCE, LIMIT_REACHED],
        occurred_at=notice.occurred_at,
        data__feature=notice.data["feature"],
    )
    levels = [told["level"] for told in reached.values_list("data", flat=True)]
    is_surpassed = any(
        other["kind"] == LimitKind.ALLOWANCE
        or (
            other["kind"] == LimitKind.PERCENT and Decimal(other["value"]) > Decimal(level["value"])
        )
        for other in levels
    )
    return [] if is_surpassed else usage_people(notice)


def _figures(occasion: Occasion) -> dict[str, Any]:
    facts = occasion.data
    allowance = facts["allowance"]
    used = Decimal(facts["used"])
    left = max(Decimal(0), Decimal(allowance) - used) if allowance is not None else Decimal(0)
    return {
        "organization": occasion.organization,
        "feature": facts["feature_name"],
        "used": quantity(facts["used"]),
        "allowance": quantity(allowance or "0"),
        "left": quantity(str(left)),
        "until": occasion.moment("period_ends_at"),
        "day": occasion.day("period_ends_at"),
    }


def _write_level(occasion: Occasion) -> Letter:
    named = _figures(occasion)
    if occasion.data["allowance"] is None:
        lead = _("%(organization)s has used %(used)s %(feature)s in the period until %(until)s.")
    else:
        lead = _(
            "%(organization)s has used %(used)s of the %(allowance)s %(feature)s included until "
            "%(until)s."
        )
    return Letter(
        subject=_("%(organization)s has used %(used)s %(feature)s") % named,
        lead=lead % named,
        rows=_usage_rows(occasion, named),
        button=Button(_("See the usage"), page("/usage/")),
        reason=why_usage(occasion),
    )


def _write_low_balance(occasion: Occasion) -> Letter:
    named = _figures(occasion)
    return Letter(
        subject=_("%(organization)s has %(left)s of %(allowance)s %(feature)s left") % named,
        lead=_(
            "%(organization)s has used %(used)s of the %(allowance)s %(feature)s included until "
            "%(until)s: %(left)s are left."
        )
        % named,
        rows=_usage_rows(occasion, named),
        button=Button(_("See the usage"), page("/usage/")),
        reason=why_usage(occasion),
    )


def _usage_rows(occasion: Occasion, named: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = [(_("Used"), named["used"])]
    if occasion.data["allowance"] is not None:
        rows += [
            (_("Included"), named["allowance"]),
            (_("Left of what is included"), named["left"]),
        ]
    return (*rows, (_("Starts again"), named["until"]))


def _write_limit(occasion: Occasion) -> Letter:
    named = _figures(occasion)
    if occasion.data["level"]["kind"] == LimitKind.PLAN_LIMIT:
        named["limit"] = quantity(occasion.data["limit"])
        lead = _(
            "%(organization)s has used %(used)s %(feature)s and reached the limit of its plan, "
            "%(limit)s until %(until)s. More is refused to apps that ask first."
        )
    elif occasion.data["sells_overage"]:
        lead = _(
            "%(organization)s has used up its %(feature)s: %(used)s in the period until %(until)s. "
            "What is used from here on is charged as overage."
        )
    else:
        lead = _(
            "%(organization)s has used up its %(feature)s: %(used)s in the period until %(until)s. "
            "More is refused to apps that ask first."
        )
    return Letter(
        subject=_("%(organization)s has used up its %(feature)s") % named,
        lead=lead % named,
        rows=((_("Used"), named["used"]), (_("Starts again"), named["until"])),
        button=Button(_("See what can be done"), page("/usage/")),
        reason=why_usage(occasion),
    )


def _write_spending(occasion: Occasion) -> Letter:
    named = _spending(occasion)
    return Letter(
        subject=_("%(organization)s: overage has come to %(charged)s") % named,
        lead=_(
            "Overage of %(organization)s has come to %(charged)s in the period until %(until)s, "
            "past the level of %(level)s."
        )
        % named,
        rows=((_("Overage so far"), named["charged"]), (_("Starts again"), named["until"])),
        button=Button(_("See the limits"), page("/limits/")),
        reason=why_usage(occasion),
    )


def _write_cap(occasion: Occasion) -> Letter:
    named = _spending(occasion)
    if occasion.data["action"] == CapAction.STOP:
        lead = _(
            "Overage of %(organization)s has come to %(charged)s and reached the spend cap of "
            "%(level)s. More is refused to apps that ask first, until %(until)s."
        )
    else:
        lead = _(
            "Overage of %(organization)s has come to %(charged)s and reached the spend cap of "
            "%(level)s. Nothing is refused: this cap only tells."
        )
    return Letter(
        subject=_("%(organization)s has reached its spend cap of %(level)s") % named,
        lead=lead % named,
        rows=(
            (_("Overage so far"), named["charged"]),
            (_("Spend cap"), named["level"]),
            (_("Starts again"), named["until"]),
        ),
        button=Button(_("Change the cap"), page("/limits/")),
        reason=why_usage(occasion),
    )


def _spending(occasion: Occasion) -> dict[str, Any]:
    return {
        "organization": occasion.organization,
        "charged": money(occasion.data["charged"]),
        "level": money(occasion.data["level"]),
        "until": occasion.moment("period_ends_at"),
    }


def _write_expiring(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = {
        "organization": occasion.organization,
        "left": quantity(facts["remaining"]),
        "feature": facts["feature_name"],
        "until": occasion.moment("expires_at"),
        "day": occasion.day("expires_at"),
    }
    return Letter(
        subject=_("%(left)s %(feature)s of %(organization)s expire on %(day)s") % named,
        lead=_(
            "%(left)s %(feature)s of %(organization)s expire on %(until)s. What is used until then "
            "is taken from credits that expire first."
        )
        % named,
        rows=(
            (_("Left"), named["left"]),
            (_("Given"), quantity(facts["amount"])),
            (_("Expire"), named["until"]),
        ),
        button=Button(_("See the credits"), page("/credits/")),
        reason=why_usage(occasion),
    )


KINDS: Final = [
    Kind(
        code=USAGE_LEVEL,
        name=gettext_lazy("Level of usage reached"),
        alert=MailAlert.LEVELS,
        recipients=_people_of_level,
        load=with_feature,
        write=_write_level,
        sample={
            **_FEATURE,
            "level": {"kind": "percent", "value": "50"},
            "used": "2510",
            "allowance": "5000",
        },
    ),
    Kind(
        code=LOW_BALANCE,
        name=gettext_lazy("Low balance"),
        alert=MailAlert.LEVELS,
        recipients=_people_of_level,
        load=with_feature,
        write=_write_low_balance,
        sample={
            **_FEATURE,
            "level": {"kind": "percent", "value": "80"},
            "used": "4000",
            "allowance": "5000",
        },
    ),
    Kind(
        code=SPENDING_LEVEL,
        name=gettext_lazy("Level of spending reached"),
        alert=MailAlert.LEVELS,
        recipients=spending_people,
        write=_write_spending,
        sample={
            **_FEATURE,
            "level": {"kind": "money", "amount_minor": 5000, "currency": "USD"},
            "charged": {"amount_minor": 5240, "currency": "USD"},
        },
    ),
    Kind(
        code=LIMIT_REACHED,
        name=gettext_lazy("Used up"),
        alert=MailAlert.LIMITS,
        recipients=usage_people,
        load=with_overage,
        write=_write_limit,
        sample={
            **_FEATURE,
            "level": {"kind": "allowance"},
            "used": "5000",
            "allowance": "5000",
            "sells_overage": True,
        },
    ),
    Kind(
        code=SPEND_CAP,
        name=gettext_lazy("Spend cap reached"),
        alert=MailAlert.LIMITS,
        recipients=spending_people,
        load=with_cap,
        write=_write_cap,
        sample={
            **_FEATURE,
            "level": {"kind": "spend_cap", "amount_minor": 10000, "currency": "USD"},
            "charged": {"amount_minor": 10000, "currency": "USD"},
            "action": CapAction.STOP,
        },
    ),
    Kind(
        code=CREDITS_EXPIRING,
        name=gettext_lazy("Credits expire soon"),
        alert=MailAlert.EXPIRY,
        recipients=usage_people,
        load=with_feature,
        write=_write_expiring,
        sample={
            "feature": "ai_credits",
            "feature_name": "AI credits",
            "amount": "1000",
            "remaining": "250",
            "expires_at": "2026-03-17T12:00:00Z",
        },
    ),
]
