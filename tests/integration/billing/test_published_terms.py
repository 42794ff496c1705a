"""What the database itself refuses, whoever asks. Each test goes round the operations."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.db.models import QuerySet

from billing.catalog.operations import publish
from billing.models import (
    Agreement,
    Feature,
    OveragePrice,
    OverageTier,
    Plan,
    PlanFeature,
    PlanVersion,
    Price,
)
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    ON_SALE_SINCE,
    STAFF,
    ArticleCatalog,
    fixed,
    make_draft,
    make_group,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing import graduated

Rewrite = Callable[[ArticleCatalog], object]


def tiers_of_published(catalog: ArticleCatalog) -> QuerySet[OverageTier]:
    """The tiers of a version that was published with them."""
    pricing = graduated((10, 2), (None, 1))
    version = make_version(
        make_plan(catalog.current, "tiered"),
        metered(catalog.credits, 10, overage=pricing),
        prices=(fixed("1"),),
    )
    return OverageTier.objects.filter(overage_price__plan_feature__plan_version=version)


REWRITES: dict[str, Rewrite] = {
    "change a version": lambda catalog: PlanVersion.objects.filter(pk=catalog.starter.pk).update(
        included_seats=50
    ),
    "take a version back": lambda catalog: PlanVersion.objects.filter(pk=catalog.starter.pk).update(
        published_at=None
    ),
    "delete a version": lambda catalog: PlanVersion.objects.filter(
        pk=catalog.per_seat.pk
    )._raw_delete("default"),
    "change a price": lambda catalog: Price.objects.filter(plan_version=catalog.starter).update(
        unit_amount_minor=1
    ),
    "delete a price": lambda catalog: Price.objects.filter(plan_version=catalog.starter).delete(),
    "add a price": lambda catalog: Price.objects.create(
        plan_version=catalog.starter,
        kind="per_seat",
        currency="USD",
        interval="month",
        unit_amount_minor=1,
    ),
    "change an allowance": lambda catalog: PlanFeature.objects.filter(
        plan_version=catalog.starter
    ).update(allowance=1),
    "take a feature away": lambda catalog: PlanFeature.objects.filter(
        plan_version=catalog.per_seat
    ).delete(),
    "add a feature": lambda catalog: PlanFeature.objects.create(
        plan_version=catalog.starter, feature=catalog.advanced_ai, value=True
    ),
    "change an overage price": lambda catalog: OveragePrice.objects.filter(
        plan_feature__plan_version=catalog.starter
    ).update(unit_price=0),
    "delete an overage price": lambda catalog: OveragePrice.objects.filter(
        plan_feature__plan_version=catalog.starter
    ).delete(),
    "add an overage price": lambda catalog: OveragePrice.objects.create(
        plan_feature=PlanFeature.objects.get(plan_version=catalog.starter),
        currency="EUR",
        unit_price=1,
    ),
    "add a tier to a price": lambda catalog: OverageTier.objects.create(
        overage_price=OveragePrice.objects.get(plan_feature__plan_version=catalog.starter)
    ),
    "change a tier": lambda catalog: tiers_of_published(catalog).update(unit_price=0),
    "delete a tier": lambda catalog: tiers_of_published(catalog).delete(),
    "move a published tier to a draft": lambda catalog: tiers_of_published(catalog).update(
        overage_price=OveragePrice.objects.get(
            plan_feature__plan_version=make_draft(
                make_plan(catalog.current, "team"), metered(catalog.credits, 10, overage="1")
            )
        )
    ),
    "move a price to a published version": lambda catalog: Price.objects.filter(
        plan_version=make_draft(make_plan(catalog.current, "team"), prices=(fixed("1"),))
    ).update(plan_version=catalog.per_seat),
    "move a published price to a draft": lambda catalog: Price.objects.filter(
        plan_version=catalog.professional
    ).update(plan_version=make_draft(make_plan(catalog.current, "team"))),
    "rename a published plan's code": lambda catalog: Plan.objects.filter(
        pk=catalog.starter.plan_id
    ).update(code="beginner"),
    "rename a feature's code": lambda catalog: Feature.objects.filter(
        pk=catalog.advanced_ai.pk
    ).update(code="clever_ai"),
    "change a feature's type": lambda catalog: Feature.objects.filter(
        pk=catalog.advanced_ai.pk
    ).update(value_type="string"),
    "be born published": lambda catalog: PlanVersion.objects.create(
        plan=catalog.starter.plan, number=9, published_at=SUBSCRIBED
    ),
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES.keys())
def test_published_terms_never_change(catalog: ArticleCatalog, rewrite: Rewrite) -> None:
    refusal = "does not change|do not change|starts as a draft"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        rewrite(catalog)


def test_a_draft_and_what_people_read_may_change(catalog: ArticleCatalog) -> None:
    draft = make_draft(
        make_plan(catalog.current, "team"),
        metered(catalog.credits, 10, overage="1"),
        metered(catalog.documents, 10, overage=graduated((10, 2), (None, 1))),
        prices=(fixed("1"),),
    )
    Price.objects.filter(plan_version=draft).update(unit_amount_minor=2)
    OveragePrice.objects.filter(unit_price=1, plan_feature__plan_version=draft).update(unit_price=2)
    OverageTier.objects.update(unit_price=3)
    PlanFeature.objects.filter(plan_version=draft).update(allowance=20)
    Plan.objects.filter(pk=draft.plan_id).update(code="squad")
    Plan.objects.filter(pk=catalog.starter.plan_id).update(name="Beginner")
    Feature.objects.filter(pk=catalog.advanced_ai.pk).update(name="Clever AI", default_value=True)
    draft.delete()
    assert not Price.objects.filter(plan_version_id=draft.pk).exists()


def test_an_agreement_needs_a_published_version(catalog: ArticleCatalog) -> None:
    agreement = Agreement(
        organization=make_organization(),
        plan_version=make_draft(make_plan(catalog.current, "team"), prices=(fixed("1"),)),
        collection="free",
        currency="USD",
        interval="month",
        anchor_at=SUBSCRIBED,
        current_period_start=SUBSCRIBED,
        current_period_end=SUBSCRIBED + timedelta(days=30),
    )
    with (
        pytest.raises(IntegrityError, match="needs a published plan version"),
        transaction.atomic(),
    ):
        agreement.save()


def elsewhere(deed: Callable[[], object]) -> type[Exception] | None:
    """Do something on a connection of its own that waits for a lock only briefly."""
    failures: list[type[Exception] | None] = [None]

    def attempt() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                deed()
        except DatabaseError as error:
            failures[0] = type(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return failures[0]


def add_price(version: PlanVersion) -> Price:
    return Price.objects.create(
        plan_version=version, kind="fixed", currency="USD", interval="year", unit_amount_minor=1
    )


@pytest.mark.django_db(transaction=True)
def test_a_price_cannot_slip_in_while_a_version_is_published() -> None:
    draft = make_draft(make_plan(make_group(), "team"), prices=(fixed("1"),))
    with transaction.atomic():
        publish(plan_version=draft, actor=STAFF, now=ON_SALE_SINCE)
        assert elsewhere(lambda: add_price(draft)) is OperationalError
    assert elsewhere(lambda: add_price(draft)) is IntegrityError
    assert draft.prices.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_version_cannot_be_published_while_a_price_is_added() -> None:
    draft = make_draft(make_plan(make_group(), "team"), prices=(fixed("1"),))
    with transaction.atomic():
        add_price(draft)
        assert (
            elsewhere(lambda: publish(plan_version=draft, actor=STAFF, now=ON_SALE_SINCE))
            is OperationalError
        )
    assert elsewhere(lambda: publish(plan_version=draft, actor=STAFF, now=ON_SALE_SINCE)) is None
    assert draft.prices.count() == 2
