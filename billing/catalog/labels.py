"""What people read about the features of a plan, as a part of a statement that reads more."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from ..models import PlanFeature
from .queries import ADDING_UP, FeatureLabel


def labels_of_plan(*, plan_version: str) -> ArraySubquery:
    """Return the column that `read_labels` reads; `plan_version` is where its key is."""
    features = PlanFeature.objects.filter(plan_version_id=OuterRef(plan_version))
    return ArraySubquery(
        features.order_by("feature__position", "feature__code").values(
            label=JSONObject(
                feature_id=F("feature_id"),
                code=F("feature__code"),
                name=F("feature__name"),
                description=F("feature__description"),
                kind=F("feature__kind"),
                unit=F("feature__meter__unit"),
                unit_plural=F("feature__meter__unit_plural"),
                default_value=F("feature__default_value"),
                position=F("feature__position"),
                aggregation=F("feature__meter__aggregation"),
            )
        )
    )


def read_labels(found: Iterable[dict[str, Any]]) -> dict[str, FeatureLabel]:
    """Return the labels by the code of their feature, in order."""
    return {one["code"]: _label(**one) for one in found}


def _label(
    *, unit: str | None, unit_plural: str | None, aggregation: str | None, **facts: Any
) -> FeatureLabel:
    return FeatureLabel(
        **facts,
        unit=unit or "",
        unit_plural=unit_plural or "",
        adds_up=aggregation in ADDING_UP,
    )
