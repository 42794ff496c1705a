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
