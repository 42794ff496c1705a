"""The statement of a grant: where its credits came from, and where they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.quantities import ZERO
from metering.choices import GrantCategory
from metering.queries import GrantMovement, GrantStatement, get_grant_statement
from metering.rate_card.queries import ActionOnCard, list_actions

from ..access import Visit
from .ledger import grant_url, movement_words

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the grant: what became of it. `url` leads to the grant that got it, if one did."""

    label: str
    amount: Decimal
    url: str = ""


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One amount that the grant gained or lost."""

    occurred_at: datetime
    what: str
    url: str
    member: str
    event_id: str
    amount: Decimal
    is_incoming: bool


@dataclass(frozen=True, slots=True)
class GrantPage:
    """Everything on the page of a grant."""

    category: str
    unit_plural: str
    amount: Decimal
    effective_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    pays_for: str
    parent_url: str
    shares: tuple[Share, ...]
    lines: tuple[MovementLine, ...]
    has_members: bool
    next_before: int | None
    zone: str


def present_grant(visit: Visit, *, grant_id: str, before_id: int | None) -> GrantPage:
    """Read the statement of one of the organization's grants. Raises `GrantNotFound`."""
    statement = get_grant_statement(
        organization_id=visit.organization.pk,
        grant=grant_id,
        limit=PAGE_SIZE + 1,
        before_id=before_id,
    )
    grant, actions = statement.grant, list_actions(at=visit.now, meter=statement.meter)
    shown = statement.movements[:PAGE_SIZE]
    category = str(GrantCategory(grant.category).label)
    names = {action.code: action.name for action in actions}
    return GrantPage(
        category=category,
        unit_plural=statement.unit_plural,
        amount=grant.amount,
        effective_at=grant.effective_at,
        expires_at=grant.expires_at,
        ended_at=statement.ended_at,
        pays_for=", ".join(names.get(action, action) for action in grant.actions),
        parent_url=grant_url(statement.parent),
        shares=tuple(_shares(statement)),
        lines=tuple(_line(movement, category, actions) for movement in shown),
        has_members=any(movement.member for movement in shown),
        next_before=shown[-1].id if len(statement.movements) > PAGE_SIZE else None,
        zone=visit.organization.time_zone,
    )


def _shares(statement: GrantStatement) -> list[Share]:
    """What is left and what was used, always; what else became of the grant, if anything did."""
    others = [
        Share(_("Held for what is about to happen"), statement.held),
        Share(_("Rolled over"), statement.rolled_over, grant_url(statement.child)),
        Share(_("Expired"), statement.expired),
    ]
    return [
        Share(_("Left"), statement.grant.remaining),
        Share(_("Used"), statement.consumed),
        *(share for share in others if share.amount > ZERO),
    ]


def _line(movement: GrantMovement, category: str, actions: Sequence[ActionOnCard]) -> MovementLine:
    used = next((one.name for one in actions if one.code == movement.action), movement.action)
    return MovementLine(
        occurred_at=movement.occurred_at,
        what=movement_words(movement.kind, used=used or _("Usage"), category=category),
        url=grant_url(movement.other_grant),
        member=movement.member,
        event_id=movement.event_id or "",
        amount=movement.amount,
        is_incoming=movement.amount > ZERO,
    )
