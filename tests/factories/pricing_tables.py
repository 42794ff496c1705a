"""Pricing tables for tests."""

from datetime import datetime

from billing.models import PlanGroup, PricingTable
from billing.pricing_tables.content import CardContent, CardTexts, TableContent, TableTexts
from billing.pricing_tables.operations import (
    TableDetails,
    create_pricing_table,
    edit_draft,
    make_default,
    publish,
    set_live,
)

from .catalog import ON_SALE_SINCE, STAFF

SPRING = TableContent(
    cards=(
        CardContent("professional", is_highlighted=True),
        CardContent(
            "starter",
            texts={
                "en": CardTexts(
                    heading="Starter in spring",
                    description="For a small team",
                    call_to_action="Start growing",
                    features_heading="You get",
                    features=("A seat in the sun", "Fresh credits"),
                ),
                "de": CardTexts(heading="Starter im Frühling", features=("Ein Platz",)),
            },
        ),
    ),
    texts={
        "en": TableTexts("Spring prices", "Until the first of June."),
        "de": TableTexts("Frühlingspreise"),
    },
)


def make_table(group: PlanGroup, key: str = "spring_promo", name: str = "Spring") -> PricingTable:
    """A table of a plan group: a draft, and live to nobody."""
    return create_pricing_table(
        details=TableDetails(key, name, group), actor=STAFF, now=ON_SALE_SINCE
    )


def make_live_table(
    group: PlanGroup,
    key: str = "spring_promo",
    *,
    content: TableContent | None = None,
    is_default: bool = False,
    at: datetime = ON_SALE_SINCE,
) -> PricingTable:
    """A live table with a published version, of all plans of its group unless something is said."""
    table = make_table(group, key)
    if content is not None:
        edit_draft(table=table, content=content, actor=STAFF, now=at)
    publish(table=table, actor=STAFF, now=at)
    live = set_live(table=table, is_live=True, actor=STAFF, now=at)
    return make_default(table=live, actor=STAFF, now=at) if is_default else live
