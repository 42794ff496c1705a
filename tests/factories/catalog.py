"""Features and published plans for tests: the article's Starter, Professional and Enterprise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from accounts.audit.actor import Actor
from accounts.models import WebhookEndpoint
from billing.catalog.operations import (
    DraftFeature,
    DraftTerms,
    PlanDetails,
    PlanGroupDetails,
    create_draft,
    create_metered_feature,
    create_plan,
    create_plan_group,
    create_unmetered_feature,
    edit_draft,
    publish,
)
from billing.catalog.terms import PriceOffer
from billing.choices import ValueType, Visibility, WhenPastDue
from billing.models import Feature, Plan, PlanGroup, PlanVersion
from billing.rating.pricing import OveragePricing
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import Meter
from metering.rate_card.operations import create_meter
from tests.support.replaying import replayed

from .metering import make_credit_meter

STAFF = Actor("staff@tallybook.example")
ON_SALE_SINCE = datetime(2026, 1, 1, tzinfo=UTC)

QUARTER_FOR_A_MONTH = RolloverPolicy(Basis.UNUSED, 25, term_periods=1)
HALF_FOR_EVER = RolloverPolicy(Basis.UNUSED, 50, cap_percent=100)


@dataclass(frozen=True)
class ArticleCatalog:
    """The plans and features of the article, published at `ON_SALE_SINCE`."""

    meter: Meter
    documents_meter: Meter
    credits: Feature
    documents: Feature
    advanced_ai: Feature
    support: Feature
    current: PlanGroup
    legacy: PlanGroup
    starter: PlanVersion
    professional: PlanVersion
    enterprise: PlanVersion
    per_seat: PlanVersion


def fixed(amount: str, *, currency: str = "USD", interval: str = "month") -> PriceOffer:
    """A fixed base price, given in major units of a currency with two decimals."""
    return PriceOffer("fixed", currency, interval, int(Decimal(amount) * 100))


def per_seat(amount: str, *, currency: str = "USD", interval: str = "month") -> PriceOffer:
    """A base price for each seat, given in major units of a currency with two decimals."""
    return PriceOffer("per_seat", currency, interval, int(Decimal(amount) * 100))


def metered(
    feature: Feature,
    allowance: int | None,
    *,
    overage: str | OveragePricing | Mapping[str, str | OveragePricing] | None = None,
    limit: int | None = None,
    rollover: RolloverPolicy | None = None,
    when_past_due: str = WhenPastDue.ALLOW,
) -> DraftFeature:
    """
    The terms of a metered feature.

    A text is a price for each further unit, in dollars unless a currency is named;
    `tests.factories.pricing` makes prices by the other models.
    """
    if isinstance(overage, OveragePricing):
        overage = {overage.currency: overage}
    prices = {"USD": overage} if isinstance(overage, str) else overage or {}
    return DraftFeature(
        feature,
        allowance=None if allowance is None else Decimal(allowance),
        limit=None if limit is None else Decimal(limit),
        rollover=rollover,
        overage={currency: _pricing(price, currency) for currency, price in prices.items()},
        when_past_due=when_past_due,
    )


def _pricing(price: str | OveragePricing, currency: str) -> OveragePricing:
    if isinstance(price, OveragePricing):
        return price
    return OveragePricing.per_unit(Decimal(price), currency=currency)


def flag(feature: Feature, value: Any) -> DraftFeature:
    """The value of a flag."""
    return DraftFeature(feature, value=value)


def make_group(
    code: str = "current", *, visibility: str = Visibility.CURRENT, is_default: bool = True
) -> PlanGroup:
    """A plan group; the default one unless something else is said."""
    details = PlanGroupDetails(
        code=code,
        name=f"{code.replace('_', ' ').capitalize()} plans",
        visibility=visibility,
        is_default=is_default,
    )
    return create_plan_group(details=details, actor=STAFF, now=ON_SALE_SINCE)


def make_plan(group: PlanGroup, code: str, **details: Any) -> Plan:
    """A plan without a version."""
    name = details.pop("name", code.replace("_", " ").capitalize())
    return create_plan(
        details=PlanDetails(code=code, name=name, group=group, **details),
        actor=STAFF,
        now=ON_SALE_SINCE,
    )


def make_draft(
    plan: Plan,
    *features: DraftFeature,
    prices: tuple[PriceOffer, ...] = (),
    included_seats: int | None = None,
    **more: Any,
) -> PlanVersion:
    """A draft with these terms; `more` are those of the trial and of how overage is collected."""
    draft = create_draft(plan=plan, actor=STAFF, now=ON_SALE_SINCE)
    terms = DraftTerms(included_seats=included_seats, prices=prices, features=features, **more)
    return edit_draft(plan_version=draft, terms=terms, actor=STAFF, now=ON_SALE_SINCE)


def make_version(
    plan: Plan,
    *features: DraftFeature,
    prices: tuple[PriceOffer, ...] = (),
    included_seats: int | None = None,
    published_at: datetime = ON_SALE_SINCE,
    **more: Any,
) -> PlanVersion:
    """A published version with these terms."""
    draft = make_draft(plan, *features, prices=prices, included_seats=included_seats, **more)
    return publish(plan_version=draft, actor=STAFF, now=published_at).version


def make_flag(code: str, *, value_type: str = ValueType.BOOLEAN, **details: Any) -> Feature:
    """A flag."""
    name = details.pop("name", code.replace("_", " ").capitalize())
    return create_unmetered_feature(
        code=code, name=name, value_type=value_type, actor=STAFF, now=ON_SALE_SINCE, **details
    )


def make_metered(meter: Meter, *, name: str | None = None, position: int = 0) -> Feature:
    """The feature that is counted on a meter."""
    return create_metered_feature(
        meter=meter,
        name=name or meter.name,
        position=position,
        actor=STAFF,
        now=ON_SALE_SINCE,
    )


CATALOG: Final = (PlanGroup, Plan, Feature, Meter)
# What is remembered of the catalog goes by its revision, which triggers change.
REVISE_CATALOG: Final = (
    "INSERT INTO billing_catalogrevision (is_only, value) VALUES (TRUE, gen_random_uuid())"
    " ON CONFLICT (is_only) DO UPDATE SET value = excluded.value;"
)


@replayed(unless_any=(*CATALOG, WebhookEndpoint), and_then=REVISE_CATALOG)
def make_article_catalog() -> ArticleCatalog:
    """The article's plans, the Enterprise plan, and the per-seat plan that came before them."""
    meter = make_credit_meter()
    documents_meter = create_meter(
        code="documents",
        name="Documents",
        unit="document",
        unit_plural="documents",
        actor=STAFF,
        now=ON_SALE_SINCE,
    )
    credits = make_metered(meter, name="AI credits")
    documents = make_metered(documents_meter, position=1)
    advanced_ai = make_flag("advanced_ai", name="Advanced AI", position=2)
    support = make_flag("support", value_type=ValueType.STRING, default_value="mail", position=3)
    current = make_group("current")
    legacy = make_group("legacy", visibility=Visibility.LEGACY, is_default=False)
    return ArticleCatalog(
        meter=meter,
        documents_meter=documents_meter,
        credits=credits,
        documents=documents,
        advanced_ai=advanced_ai,
        support=support,
        current=current,
        legacy=legacy,
        starter=make_version(
            make_plan(current, "starter", position=1),
            metered(credits, 1_000, overage="0.15"),
            prices=(fixed("99"), fixed("990", interval="year")),
            included_seats=5,
        ),
        professional=make_version(
            make_plan(current, "professional", position=2, highlight="Most popular"),
            metered(credits, 5_000, overage="0.12", rollover=QUARTER_FOR_A_MONTH),
            flag(advanced_ai, True),
            prices=(fixed("299"), fixed("2990", interval="year")),
            included_seats=20,
        ),
        enterprise=make_version(
            make_plan(current, "enterprise", position=3, is_self_serve=False),
            metered(credits, 20_000, overage="0.10", rollover=HALF_FOR_EVER),
            flag(advanced_ai, True),
            flag(support, "phone"),
            prices=(fixed("1499"), fixed("14990", interval="year")),
        ),
        per_seat=make_version(
            make_plan(legacy, "per_seat", name="Per seat"),
            metered(documents, None),
            prices=(per_seat("100"),),
        ),
    )
