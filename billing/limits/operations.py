"""
Set and take away limits.

Each operation takes the organization's lock first, so that usage is measured against the limits
as they were before or as they are after. Whether somebody may do it is checked by the interface.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from accounts.models import Organization
from accounts.organizations.locking import lock_organization

from ..agreements.periods import usage_month_at
from ..agreements.queries import find_live_agreement
from ..agreements.terms import terms_in_force
from ..models import Agreement, SpendCap, UsageThreshold
from .charges import overage_charges
from .checks import check_cap, check_threshold
from .crossings import plain
from .errors import (
    NothingToLimit,
    SpendCapNotFound,
    ThresholdExists,
    ThresholdNotFound,
    TooManyThresholds,
)
from .notes import note_cap
from .terms import ask_for_limits, read_limits

MOST_THRESHOLDS: Final = 20
_NO_THRESHOLD: Final = {"feature": None, "unit": None, "value": None, "currency": None}
_NO_CAP: Final = {"amount_minor": None, "currency": None, "action": None}


@transaction.atomic(durable=True)
def set_threshold(
    *,
    organization: Organization,
    unit: str,
    value: Decimal,
    actor: Actor,
    now: datetime,
    feature: str | None = None,
) -> UsageThreshold:
    """
    Tell the organization from now on, once in each period, when usage reaches a level.

    `percent` of the allowance (1 to 1,000, whole) and `credits` (a quantity used) belong to a
    metered feature of the organization's plan; `money` is the overage charges of all features,
    in minor units of the agreement's currency. A level that was passed already is told of in
    the next period.

    Raises `Invalid` for a unit or value that cannot be, `NothingToLimit` without an agreement,
    `FeatureNotMetered`, `ThresholdExists` and `TooManyThresholds`.
    """
    lock_organization(organization_id=organization.pk)
    agreement = _agreement_of(organization)
    threshold = check_threshold(agreement, unit=unit, value=value, feature=feature)
    _check_room(threshold)
    threshold.save(force_insert=True)
    record(
        actor=actor,
        action="usage_threshold.set",
        target=threshold.public_id,
        organization=organization,
        changes=differences(_NO_THRESHOLD, _facts_of_threshold(threshold)),
        now=now,
    )
    return threshold


@transaction.atomic(durable=True)
def remove_threshold(
    *, organization: Organization, threshold_id: str, actor: Actor, now: datetime
) -> None:
    """Stop telling of a level. What was told stays in the history. Raises `ThresholdNotFound`."""
    lock_organization(organization_id=organization.pk)
    thresholds = UsageThreshold.objects.owned_by(organization).select_related("feature")
    threshold = thresholds.filter(public_id=threshold_id).first()
    if threshold is None:
        raise ThresholdNotFound("There is no such threshold.")
    threshold.delete()
    record(
        actor=actor,
        action="usage_threshold.removed",
        target=threshold_id,
        organization=organization,
        changes=differences(_facts_of_threshold(threshold), _NO_THRESHOLD),
        now=now,
    )


@transaction.atomic(durable=True)
def set_spend_cap(
    *, organization: Organization, amount_minor: int, action: str, actor: Actor, now: datetime
) -> SpendCap:
    """
    Cap what the organization spends on overage in a period, in the agreement's currency.

    From now on `stop` refuses enforced use that would cost more; `notify` only tells. If that
    much is spent already, the cap counts as reached, which is told at once. Raises `Invalid` for
    an amount below zero or absurdly large or an unknown action, and `NothingToLimit`.
    """
    lock_organization(organization_id=organization.pk)
    agreement = _agreement_of(organization)
    check_cap(amount_minor=amount_minor, action=action)
    cap = SpendCap.objects.owned_by(organization).first()
    before = _NO_CAP if cap is None else _facts_of_cap(cap)
    cap = cap or SpendCap(organization=organization)
    cap.amount_minor, cap.currency, cap.action = amount_minor, agreement.currency, action
    changes = differences(before, _facts_of_cap(cap))
    if changes:
        cap.save()
        record(
            actor=actor,
            action="spend_cap.set",
            target=organization.public_id,
            organization=organization,
            changes=changes,
            now=now,
        )
        _note_if_spent(agreement, now=now)
    return cap


@transaction.atomic(durable=True)
def remove_spend_cap(*, organization: Organization, actor: Actor, now: datetime) -> None:
    """Take the spend cap away. Raises `SpendCapNotFound`."""
    lock_organization(organization_id=organization.pk)
    cap = SpendCap.objects.owned_by(organization).first()
    if cap is None:
        raise SpendCapNotFound("There is no spend cap.")
    before = _facts_of_cap(cap)
    cap.delete()
    record(
        actor=actor,
        action="spend_cap.removed",
        target=organization.public_id,
        organization=organization,
        changes=differences(before, _NO_CAP),
        now=now,
    )


def _agreement_of(organization: Organization) -> Agreement:
    agreement = find_live_agreement(organization=organization)
    if agreement is None:
        raise NothingToLimit(_("There is no plan yet, so there is nothing to limit."))
    return agreement


def _check_room(threshold: UsageThreshold) -> None:
    thresholds = UsageThreshold.objects.filter(organization=threshold.organization)
    is_known = thresholds.filter(
        feature=threshold.feature,
        unit=threshold.unit,
        value=threshold.value,
        currency=threshold.currency,
    ).exists()
    if is_known:
        raise ThresholdExists(_("You are told of this already."))
    if thresholds.count() >= MOST_THRESHOLDS:
        raise TooManyThresholds(
            _("There can be %(most)s thresholds. Remove one first.") % {"most": MOST_THRESHOLDS}
        )


def _note_if_spent(agreement: Agreement, *, now: datetime) -> None:
    """A cap that is set below what is spent already is reached at once."""
    terms = terms_in_force(agreement=agreement)
    limits = read_limits(ask_for_limits(organization_id=agreement.organization_id))
    period = usage_month_at(started_at=agreement.started_at, anchor_at=agreement.anchor_at, at=now)
    spent = overage_charges(
        limits.overage_at(period.starts_at), terms=terms, currency=agreement.currency
    )
    cap = limits.cap_in(agreement.currency)
    if cap is not None and spent.minor >= max(1, cap.amount_minor):
        note_cap(
            organization_id=agreement.organization_id,
            terms=terms,
            currency=agreement.currency,
            limits=limits,
            period_starts_at=period.starts_at,
            at=now,
        )


def _facts_of_threshold(threshold: UsageThreshold) -> dict[str, Any]:
    return {
        "feature": threshold.feature.code if threshold.feature is not None else None,
        "unit": threshold.unit,
        "value": plain(threshold.value),
        "currency": threshold.currency or None,
    }


def _facts_of_cap(cap: SpendCap) -> dict[str, Any]:
    return {"amount_minor": cap.amount_minor, "currency": cap.currency, "action": cap.action}
