"""The grants that a balance is made of, each with where it comes from in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from billing.top_ups.queries import TopUpView, map_top_ups
from billing.usage.queries import FeatureBalance
from metering.choices import GrantCategory
from metering.queries import GrantBalance, GrantOrigin, map_origins
from metering.rate_card.queries import list_actions

from ...formatting import moment_text
from ..access import Visit
from .ledger import grant_url
from .packs import packs_words

_NOWHERE: Final = GrantOrigin("", None, None, None)


@dataclass(frozen=True, slots=True)
class GrantLine:
    """
    A grant: what it is, where it comes from, what is left of it, and until when.

    `url` leads to its statement. `pays_for` names the only actions that it pays for; empty, it
    pays for everything.
    """

    label: str
    url: str
    origin: str
    pays_for: str
    amount: Decimal
    remaining: Decimal
    effective_at: datetime
    expires_at: datetime | None


def present_grants(
    visit: Visit, balance: FeatureBalance, *, orders: Sequence[TopUpView]
) -> tuple[GrantLine, ...]:
    """
    Return the grants of a balance in the order in which they are spent. Of the orders that
    brought them, those that were read already are not read again.
    """
    organization, grants = visit.organization, balance.grants
    origins = map_origins(
        organization_id=organization.pk, grants=[grant.public_id for grant in grants]
    )
    bought = _orders_behind(visit, grants, origins, known={order.id: order for order in orders})
    names = _action_names(visit, balance)
    zone = ZoneInfo(organization.time_zone)
    return tuple(
        _line(grant, origins.get(grant.public_id, _NOWHERE), bought=bought, names=names, zone=zone)
        for grant in grants
    )


def _orders_behind(
    visit: Visit,
    grants: Sequence[GrantBalance],
    origins: Mapping[str, GrantOrigin],
    *,
    known: Mapping[str, TopUpView],
) -> Mapping[str, TopUpView]:
    bought = [grant for grant in grants if grant.category == GrantCategory.PURCHASE]
    sources = {origins.get(grant.public_id, _NOWHERE).source for grant in bought}
    missing = sorted(sources.difference(known))
    if not missing:
        return known
    return {**known, **map_top_ups(organization=visit.organization, public_ids=missing)}


def _action_names(visit: Visit, balance: FeatureBalance) -> dict[str, str]:
    if not any(grant.actions for grant in balance.grants):
        return {}
    return {
        action.code: action.name for action in list_actions(at=visit.now, meter=balance.feature)
    }


def _line(
    grant: GrantBalance,
    origin: GrantOrigin,
    *,
    bought: Mapping[str, TopUpView],
    names: Mapping[str, str],
    zone: ZoneInfo,
) -> GrantLine:
    return GrantLine(
        label=str(GrantCategory(grant.category).label),
        url=grant_url(grant.public_id),
        origin=_origin_words(origin, bought=bought.get(origin.source), zone=zone),
        pays_for=", ".join(names.get(action, action) for action in grant.actions),
        amount=grant.amount,
        remaining=grant.remaining,
        effective_at=grant.effective_at,
        expires_at=grant.expires_at,
    )


def _origin_words(origin: GrantOrigin, *, bought: TopUpView | None, zone: ZoneInfo) -> str:
    if bought is not None:
        return packs_words(bought.pack_count, bought.pack_name)
    if origin.parent_effective_at is None or origin.parent_expires_at is None:
        return ""
    life = {
        "since": moment_text(origin.parent_effective_at, zone=zone, style="day"),
        "until": moment_text(origin.parent_expires_at, zone=zone, style="day"),
    }
    if origin.parent_category == GrantCategory.ALLOWANCE:
        return _("Unused from the allowance of %(since)s to %(until)s") % life
    return _("Rolled over before, and unused from %(since)s to %(until)s") % life
