"""
The first allowances of an agreement that costs nothing.

Whoever ends a free agreement and makes another would else have the month's allowance twice. What
earlier free agreements granted within the last month therefore counts as granted already.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from config.kernel.periods import boundary
from config.kernel.quantities import ZERO
from metering.choices import GrantCategory
from metering.models import CreditGrant
from metering.operations import open_periods, raise_allowance
from metering.usage.reports import MeterTerms

from ..choices import Collection
from ..models import Agreement
from .terms import list_meter_terms

_WHOLE: Final = Decimal(1)


def open_first_allowances(agreement: Agreement) -> None:
    """
    Open the first usage period of each meter whose allowance was granted in part, or wholly, by
    an earlier free agreement, and grant the rest.

    Nothing happens for an agreement that is paid for: it is paid for again.
    """
    if agreement.collection != Collection.FREE:
        return
    granted = _granted_by_free_agreements(agreement)
    for terms in list_meter_terms(agreement=agreement):
        if terms.allowance is not None and granted.get(terms.meter_id, ZERO) > ZERO:
            _open(agreement, terms, granted=min(granted[terms.meter_id], terms.allowance))


def _granted_by_free_agreements(agreement: Agreement) -> dict[int, Decimal]:
    """What earlier free agreements granted on each meter in periods younger than a month."""
    sources = Agreement.objects.filter(
        organization_id=agreement.organization_id, collection=Collection.FREE
    ).exclude(pk=agreement.pk)
    rows = (
        CreditGrant.objects.filter(
            organization_id=agreement.organization_id,
            category=GrantCategory.ALLOWANCE,
            source__in=sources.values("public_id"),
            period__starts_at__gt=boundary(agreement.started_at, months=-1),
        )
        .values("meter_id")
        .annotate(total=Sum("amount"))
        .values_list("meter_id", "total")
    )
    return dict(rows)


def _open(agreement: Agreement, terms: MeterTerms, *, granted: Decimal) -> None:
    organization_id, at = agreement.organization_id, agreement.started_at
    open_periods(organization_id=organization_id, terms=replace(terms, allowance=ZERO), through=at)
    for allowance, share in ((granted, ZERO), (terms.allowance, _WHOLE)):
        raise_allowance(
            organization_id=organization_id,
            meter_id=terms.meter_id,
            source=terms.source,
            allowance=allowance,
            share=share,
            at=at,
        )
