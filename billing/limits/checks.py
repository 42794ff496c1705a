"""What a limit may be."""

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid
from config.kernel.quantities import SMALLEST, ZERO
from metering.usage.reports import LARGEST_QUANTITY

from ..catalog.queries import get_plan_version_terms
from ..catalog.terms import FeatureTerms
from ..choices import CapAction, ThresholdUnit
from ..models import Agreement, UsageThreshold
from ..models.plan_terms import LARGEST_PRICE_MINOR
from ..wording import quantity_words
from .crossings import DEFAULT_PERCENTAGES
from .errors import FeatureNotMetered, ThresholdExists

LARGEST_PERCENTAGE: Final = 1_000


def check_threshold(
    agreement: Agreement, *, unit: str, value: Decimal, feature: str | None
) -> UsageThreshold:
    """
    Return the threshold that is asked for, not stored yet.

    Raises `Invalid`, `FeatureNotMetered`, and `ThresholdExists` for a percentage at which
    everybody is told.
    """
    if not value.is_finite():
        raise Invalid(_("The value must be a number."))
    if unit == ThresholdUnit.MONEY:
        return _of_money(agreement, value=value, feature=feature)
    terms = _metered(agreement, feature)
    if unit == ThresholdUnit.PERCENT:
        _check_percentage(value, terms)
    elif unit == ThresholdUnit.CREDITS:
        _check_quantity(value)
    else:
        raise Invalid(f"The unit must be one of {', '.join(ThresholdUnit.values)}.")
    return UsageThreshold(
        organization=agreement.organization, feature_id=terms.feature_id, unit=unit, value=value
    )


def check_cap(*, amount_minor: int, action: str) -> None:
    """Raise `Invalid` for an amount or an action that a spend cap cannot have."""
    if not 0 <= amount_minor < LARGEST_PRICE_MINOR:
        raise Invalid(_("The amount must be zero or more, and not absurdly large."))
    if action not in CapAction.values:
        raise Invalid(f"The action must be one of {', '.join(CapAction.values)}.")


def _of_money(agreement: Agreement, *, value: Decimal, feature: str | None) -> UsageThreshold:
    if feature is not None:
        raise Invalid(_("Money is counted over all features: name none."))
    if not 0 < value < LARGEST_PRICE_MINOR or value % 1:
        raise Invalid(_("The amount must be above zero, and not absurdly large."))
    return UsageThreshold(
        organization=agreement.organization,
        unit=ThresholdUnit.MONEY,
        value=value,
        currency=agreement.currency,
    )


def _metered(agreement: Agreement, code: str | None) -> FeatureTerms:
    plan = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    terms = plan.feature(code or "")
    if terms is None or not terms.is_metered:
        raise FeatureNotMetered(f"Your plan has no metered feature “{code or ''}”.")
    return terms


def _check_percentage(value: Decimal, terms: FeatureTerms) -> None:
    if not terms.allowance:
        raise Invalid(_("The plan has no allowance of it to take a percentage of."))
    if not 1 <= value <= LARGEST_PERCENTAGE or value % 1:
        raise Invalid(
            _("The percentage must be a whole number from 1 to %(most)s.")
            % {"most": quantity_words(LARGEST_PERCENTAGE)}
        )
    if value in DEFAULT_PERCENTAGES:
        raise ThresholdExists(_("Everybody is told at 50, 80 and 100 percent."))


def _check_quantity(value: Decimal) -> None:
    if not ZERO < value <= LARGEST_QUANTITY or value % SMALLEST:
        raise Invalid(
            _("The quantity must be above zero and at most %(most)s.")
            % {"most": quantity_words(LARGEST_QUANTITY)}
        )
