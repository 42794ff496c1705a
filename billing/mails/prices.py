"""Mails about what actions take: to customers before it changes, to staff when it is due."""

from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mails.kinds import Kind
from accounts.mails.letters import Button, Letter, Occasion, page
from accounts.mails.recipients import Recipient
from accounts.models import MailNotice

from .looking_up import with_feature
from .people import usage_people
from .reasons import why_usage
from .words import quantity

RATE_CHANGE: Final = "rate_change"
PRICE_REVIEW: Final = "price_review_due"


def _write_change(occasion: Occasion) -> Letter:
    facts = occasion.data
    named: dict[str, Any] = {
        "action": facts["action_name"],
        "feature": facts["feature_name"],
        "organization": occasion.organization,
        "before": quantity(facts["credits_before"]),
        "after": quantity(facts["credits"]),
        "from": occasion.moment("effective_at"),
        "day": occasion.day("effective_at"),
    }
    if Decimal(facts["credits"]) > Decimal(facts["credits_before"]):
        subject = _("From %(day)s on, %(action)s takes %(after)s instead of %(before)s %(feature)s")
        lead = _(
            "From %(from)s on, %(action)s takes %(after)s %(feature)s each time instead of "
            "%(before)s. What %(organization)s uses until then takes what it takes today."
        )
    else:
        subject = _(
            "From %(day)s on, %(action)s takes only %(after)s instead of %(before)s %(feature)s"
        )
        lead = _(
            "From %(from)s on, %(action)s takes only %(after)s %(feature)s each time instead of "
            "%(before)s. What %(organization)s uses until then takes what it takes today."
        )
    return Letter(
        subject=subject % named,
        lead=lead % named,
        rows=(
            (_("Until then"), named["before"]),
            (_("From then on"), named["after"]),
            (_("Changes"), named["from"]),
        ),
        button=Button(_("See the usage"), page("/usage/")),
        notes=(_("Your plan, its price and its allowance stay as they are."),),
        reason=why_usage(occasion),
    )


def _staff(_notice: MailNotice) -> list[Recipient]:
    return [Recipient(settings.SUPPORT_EMAIL.lower(), settings.LANGUAGE_CODE)]


def _write_review(occasion: Occasion) -> Letter:
    named = {"day": occasion.day("due_at")}
    return Letter(
        subject=_("The prices of your actions are due for their review"),
        lead=_(
            "Since %(day)s it is time to look at what your actions take: whether their credits "
            "still reach the margin that you want, at what models cost now."
        )
        % named,
        button=Button(_("Review the prices"), page("/admin/reports/price-design/")),
        reason=_("You get this because you look after this installation."),
    )


KINDS: Final = [
    Kind(
        code=RATE_CHANGE,
        name=gettext_lazy("An action takes more or fewer credits"),
        recipients=usage_people,
        load=with_feature,
        write=_write_change,
        sample={
            "action": "GENERATE_REPORT",
            "action_name": "Generate report",
            "feature": "ai_credits",
            "feature_name": "AI credits",
            "credits_before": "50",
            "credits": "62",
            "effective_at": "2026-04-01T00:00:00Z",
        },
    ),
    Kind(
        code=PRICE_REVIEW,
        name=gettext_lazy("Review of prices due"),
        recipients=_staff,
        write=_write_review,
        sample={"due_at": "2026-04-01T00:00:00Z"},
    ),
]
