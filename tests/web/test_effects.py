"""What another plan takes and brings, in words."""

import pytest

from billing.catalog.queries import get_plan_version_terms, list_feature_labels
from billing.choices import ValueType
from portal.web.presenters.effects import EffectLines, describe_effects
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    flag,
    make_article_catalog,
    make_flag,
    make_plan,
    make_version,
    metered,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalog() -> ArticleCatalog:
    return make_article_catalog()


def test_another_text_or_list_is_neither_more_nor_less(catalog: ArticleCatalog) -> None:
    formats = make_flag(
        "formats", name="Export formats", value_type=ValueType.JSON, default_value=[]
    )
    terms = [
        get_plan_version_terms(
            plan_version_id=make_version(
                make_plan(catalog.current, code),
                flag(catalog.support, support),
                flag(formats, names),
                prices=(fixed("49"),),
            ).pk
        )
        for code, support, names in (
            ("small", "mail", ["csv"]),
            ("large", "telephone", ["csv", "pdf"]),
        )
    ]
    labels = list_feature_labels(codes=["formats", "support"])

    lines = describe_effects(*terms, currency="USD", labels=labels)

    assert lines == EffectLines(
        gained=(),
        lost=(),
        changed=(
            "Export formats: csv, pdf instead of csv",
            f"{catalog.support.name}: telephone instead of mail",
        ),
    )


def test_a_feature_of_which_nothing_is_included_comes_and_goes_by_its_name(
    catalog: ArticleCatalog,
) -> None:
    terms = [
        get_plan_version_terms(
            plan_version_id=make_version(
                make_plan(catalog.current, code),
                *(metered(feature, allowance) for feature, allowance in included),
                prices=(fixed("49"),),
            ).pk
        )
        for code, included in (
            ("small", [(catalog.credits, 100)]),
            ("large", [(catalog.credits, 100), (catalog.documents, 0)]),
        )
    ]
    labels = list_feature_labels(codes=["ai_credits", "documents"])
    small, large = terms
    name = labels["documents"].name
    assert describe_effects(small, large, currency="USD", labels=labels).gained == (name,)
    assert describe_effects(large, small, currency="USD", labels=labels).lost == (f"No {name}",)
