"""When credits expire, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .credits.rollover import Basis, RolloverPolicy


def expiry_sentence(policy: RolloverPolicy | None, *, unit_plural: str) -> str:
    """Answer “Do my credits expire?” from the policy itself; None rolls nothing over."""
    if policy is None:
        return _("Unused %(units)s expire at the monthly reset; nothing rolls over.") % {
            "units": unit_plural
        }
    if policy.term_periods is None:
        sentence = _(
            "%(what)s roll over and never expire%(bounds)s; the rest expires at the monthly reset."
        )
    else:
        sentence = ngettext(
            "%(what)s roll over for one month%(bounds)s; the rest expires at the monthly reset.",
            "%(what)s roll over for %(months)s months%(bounds)s; "
            "the rest expires at the monthly reset.",
            policy.term_periods,
        )
    return sentence % {
        "what": _what_rolls(policy, unit_plural),
        "months": policy.term_periods,
        "bounds": _bounds(policy),
    }


def _what_rolls(policy: RolloverPolicy, unit_plural: str) -> str:
    words = {"percent": policy.percent, "units": unit_plural}
    if policy.basis is Basis.ALLOWANCE:
        return _("Unused %(units)s, up to %(percent)s %% of the allowance,") % words
    return _("%(percent)s %% of unused %(units)s") % words


def _bounds(policy: RolloverPolicy) -> str:
    once = "" if policy.term_periods is None or policy.rerolls else _(", once")
    if policy.cap_percent is None:
        return once
    most = _(", up to %(cap)s %% of the monthly allowance in total") % {"cap": policy.cap_percent}
    return once + most
