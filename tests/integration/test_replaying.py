"""A catalog that is put back is the one that was made, guards and all."""

from collections.abc import Callable
from dataclasses import replace
from inspect import unwrap

import pytest
from django.db import DatabaseError, transaction

from billing.catalog.offers import PlanOffer
from billing.catalog.queries import get_pricing_table
from billing.models import CatalogRevision, PlanGroup
from tests.factories.catalog import ON_SALE_SINCE, ArticleCatalog, make_article_catalog

pytestmark = pytest.mark.django_db
make_by_hand: Callable[[], ArticleCatalog] = unwrap(make_article_catalog)


def test_what_is_put_back_is_what_the_factory_makes() -> None:
    by_hand = _offers_of(make_by_hand)
    assert [offer.code for offer in by_hand] == ["starter", "professional", "enterprise"]
    assert _offers_of(make_article_catalog) == by_hand
    assert _offers_of(make_article_catalog) == by_hand


def test_the_guards_stand_again() -> None:
    starter = make_article_catalog().starter
    before = CatalogRevision.objects.get().value
    with pytest.raises(DatabaseError), transaction.atomic():
        starter.prices.update(unit_amount_minor=1)
    PlanGroup.objects.create(code="new", name="New")
    assert CatalogRevision.objects.get().value != before


def _offers_of(make: Callable[[], ArticleCatalog]) -> list[PlanOffer]:
    """What is on sale after it, whatever its rows are numbered; nothing of it stays."""
    with transaction.atomic():
        make()
        table = get_pricing_table(at=ON_SALE_SINCE)
        transaction.set_rollback(True)
    return [replace(offer, version_id=0) for offer in table.plans]
