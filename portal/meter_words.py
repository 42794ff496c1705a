"""Where an organization stands on a metered feature, in one line."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Organization
from billing.usage.queries import FeatureBalance
from billing.wording import money_words, quantity_words

from .formatting import moment_text


def meter_words(
    balance: FeatureBalance, *, organization: Organization, with_amounts: bool = True
) -> str:
    """
    Say it: `3,912 of 5,000 credits used • 1,088 left • resets on 10 Oct 2026`.

    What overage comes to so far is named where it is sold, and only to those who may see it.
    """
    parts = [_used_words(balance)]
    if balance.overage:
        parts.append(_over_words(balance, with_amounts=with_amounts))
    if balance.unlimited:
        parts.append(_("no limit"))
    elif balance.remaining or not balance.overage:
        parts.append(_("%(left)s left") % {"left": quantity_words(balance.remaining)})
    if balance.resets_at is not None:
        day = moment_text(balance.resets_at, zone=ZoneInfo(organization.time_zone), style="date")
        parts.append(_("resets on %(day)s") % {"day": day})
    return " • ".join(parts)


def _used_words(balance: FeatureBalance) -> str:
    used = quantity_words(balance.used)
    if balance.unlimited or not balance.granted:
        return _("%(used)s %(units)s used") % {"used": used, "units": balance.unit_plural}
    return _("%(used)s of %(granted)s %(units)s used") % {
        "used": used,
        "granted": quantity_words(balance.granted),
        "units": balance.unit_plural,
    }


def _over_words(balance: FeatureBalance, *, with_amounts: bool) -> str:
    over = quantity_words(balance.overage)
    if balance.overage_amount is None or not with_amounts:
        return _("%(over)s over") % {"over": over}
    return _("%(over)s over, for %(amount)s so far") % {
        "over": over,
        "amount": money_words(balance.overage_amount),
    }
