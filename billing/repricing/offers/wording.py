"""Offers in sentences, the same on pages and in mails: honest, also where a plan costs more."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kernel.money import Money

from ...choices import GuaranteeRule


def comparison_words(
    *, before: str, after: str, now: str, then: str, difference: str, months: int, saving: Money
) -> str:
    """
    Say what a plan comes to beside another: amounts a month, in the words of the reader.

    `saving` below zero is what it costs more; nobody is told then that they save. Without a
    month of usage the prices alone are compared.
    """
    named = {
        "before": before,
        "after": after,
        "now": now,
        "then": then,
        "difference": difference,
        "months": months,
    }
    return f"{_basis(months) % named} {_result(saving) % named}"


def difference_words(*, after: str, difference: str, saving: Money) -> str:
    """Say in a few words what a plan saves or costs more."""
    named = {"after": after, "difference": difference}
    if saving.minor > 0:
        return _("You save %(difference)s a month with %(after)s") % named
    if saving.minor < 0:
        return _("%(after)s costs you %(difference)s more a month") % named
    return _("%(after)s costs you the same") % named


def guarantee_words(*, months: int, rule: str) -> str:
    """Say what the no-increase guarantee of a campaign promises; nothing without one."""
    if not months:
        return ""
    if rule == GuaranteeRule.CUMULATIVE:
        words = ngettext(
            "If the first month after the move costs more than it would have before, you get the "
            "difference back.",
            "If the first %(months)s months after the move together cost more than they would "
            "have before, you get the difference back.",
            months,
        )
    else:
        words = ngettext(
            "For the first month after the move: if it costs more than it would have before, you "
            "get the difference back.",
            "In each of the first %(months)s months after the move that costs more than it would "
            "have before, you get the difference back.",
            months,
        )
    return words % {"months": months}


def _basis(months: int) -> str:
    if not months:
        return _("%(before)s costs %(now)s a month and %(after)s %(then)s, without any overage.")
    return ngettext(
        "What you used in the last month comes to %(now)s on %(before)s and would have come to "
        "%(then)s on %(after)s.",
        "What you used in the last %(months)s months comes to %(now)s a month on %(before)s on "
        "average, and would have come to %(then)s on %(after)s.",
        months,
    )


def _result(saving: Money) -> str:
    if saving.minor > 0:
        return _("You save %(difference)s a month.")
    if saving.minor < 0:
        return _("That is %(difference)s more a month.")
    return _("That is the same.")
