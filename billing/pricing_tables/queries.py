"""Reads of pricing tables: what visitors are shown, and what staff wrote."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from config.kernel.errors import NotFound

from ..catalog.offers import PricingTable as Offered
from ..catalog.queries import get_pricing_table, get_table_of_plans
from ..choices import Audience, Visibility
from ..models import PlanGroup, PricingTableCard, PricingTableVersion
from .content import CardContent, TableContent, read_card_texts, read_table_texts


class PricingTableNotFound(NotFound):
    """There is no such pricing table, or it is not shown: the two are never told apart."""

    code = "pricing_table_not_found"
    title = "No such pricing table"


class TableVersionNotFound(NotFound):
    """The pricing table has no such version."""

    code = "pricing_table_version_not_found"
    title = "No such version of the pricing table"


@dataclass(frozen=True, slots=True)
class ShownTable:
    """
    A pricing table as visitors see it: what it says, and its plans with their prices.

    A plan group on sale is one as well, under its own code: it has no version and says nothing.
    """

    key: str
    name: str
    audience: str
    is_default: bool
    version: int | None
    frame_ancestors: tuple[str, ...]
    content: TableContent
    offered: Offered

    def card_of(self, plan_code: str) -> CardContent | None:
        """What the table says about a plan; None if it says nothing."""
        return next((card for card in self.content.cards if card.plan_code == plan_code), None)


def get_shown_table(*, key: str, at: datetime) -> ShownTable:
    """
    Return the live table with this key as it is shown at a moment.

    The code of the default plan group of an audience names that group's plans, unless a table
    has it as its key. Raises `PricingTableNotFound` for any other key, a draft's among them.
    """
    shown = find_shown_table(key=key, at=at)
    if shown is not None:
        return shown
    group = PlanGroup.objects.filter(
        code=key, is_default=True, visibility=Visibility.CURRENT
    ).first()
    if group is None:
        raise PricingTableNotFound(f"There is no pricing table “{key}”.")
    return _bare(key=group.code, name=group.name, audience=group.audience, at=at)


def find_shown_table(*, key: str, at: datetime) -> ShownTable | None:
    """Return the live table with this key; None for any other key, a draft's among them."""
    version = _versions_shown(at=at).filter(table__key=key).first()
    return _as_shown(version, at=at) if version is not None else None


def get_default_table(*, at: datetime, audience: str = Audience.ORGANIZATIONS) -> ShownTable:
    """
    Return the default table of an audience; without one, the plans of its default group.

    Nothing on sale is a table without plans.
    """
    shown = _versions_shown(at=at).filter(table__is_default=True, table__audience=audience)
    version = shown.first()
    if version is not None:
        return _as_shown(version, at=at)
    return _bare(key="", name="", audience=audience, at=at)


def get_version_as_shown(*, version_id: int, at: datetime) -> ShownTable:
    """
    Return a table as visitors would see it with this version, for staff: also a draft.

    Raises `TableVersionNotFound`.
    """
    version = PricingTableVersion.objects.filter(pk=version_id).select_related("table").first()
    if version is None:
        raise TableVersionNotFound("There is no such version of a pricing table.")
    return _as_shown(version, at=at)


def content_of(version: PricingTableVersion) -> TableContent:
    """Return what a version says."""
    return _content(version, _list_cards(version))


def _versions_shown(*, at: datetime) -> QuerySet[PricingTableVersion]:
    return PricingTableVersion.objects.shown(at=at).select_related("table")


def _as_shown(version: PricingTableVersion, *, at: datetime) -> ShownTable:
    table = version.table
    # A plan that was moved to another group since is not on the table any more.
    cards = [card for card in _list_cards(version) if card.plan.group_id == table.plan_group_id]
    return ShownTable(
        key=table.key,
        name=table.name,
        audience=table.audience,
        is_default=table.is_default,
        version=version.number,
        frame_ancestors=tuple(table.frame_ancestors),
        content=_content(version, cards),
        offered=get_table_of_plans(plan_ids=[card.plan_id for card in cards], at=at),
    )


def _bare(*, key: str, name: str, audience: str, at: datetime) -> ShownTable:
    """What is on sale, without a word of staff's."""
    return ShownTable(
        key=key,
        name=name,
        audience=audience,
        is_default=True,
        version=None,
        frame_ancestors=(),
        content=TableContent(),
        offered=get_pricing_table(at=at, audience=audience),
    )


def _content(version: PricingTableVersion, cards: list[PricingTableCard]) -> TableContent:
    return TableContent(
        cards=tuple(
            CardContent(card.plan.code, card.is_highlighted, read_card_texts(card.texts))
            for card in cards
        ),
        texts=read_table_texts(version.texts),
    )


def _list_cards(version: PricingTableVersion) -> list[PricingTableCard]:
    cards = PricingTableCard.objects.filter(version=version).select_related("plan")
    return list(cards.order_by("position"))
