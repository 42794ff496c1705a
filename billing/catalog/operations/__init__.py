"""Writes of the catalog. Staff act here; each operation is one transaction with its audit entry."""

from ..codes import CodeTaken
from .drafts import (
    DraftExists,
    DraftFeature,
    DraftTerms,
    PricingMalformed,
    VersionPublished,
    create_draft,
    discard_draft,
    edit_draft,
    price_overage,
)
from .features import create_metered_feature, create_unmetered_feature, update_feature
from .plans import (
    CodeFixed,
    PlanDetails,
    PlanGroupDetails,
    check_grandfathering,
    create_plan,
    create_plan_group,
    update_plan,
    update_plan_group,
)
from .publishing import (
    DraftChanged,
    DraftReview,
    NotPublishable,
    PublishReport,
    publish,
    review_draft,
)

__all__ = [
    "CodeFixed",
    "CodeTaken",
    "DraftChanged",
    "DraftExists",
    "DraftFeature",
    "DraftReview",
    "DraftTerms",
    "NotPublishable",
    "PlanDetails",
    "PlanGroupDetails",
    "PricingMalformed",
    "PublishReport",
    "VersionPublished",
    "check_grandfathering",
    "create_draft",
    "create_metered_feature",
    "create_plan",
    "create_plan_group",
    "create_unmetered_feature",
    "discard_draft",
    "edit_draft",
    "price_overage",
    "publish",
    "review_draft",
    "update_feature",
    "update_plan",
    "update_plan_group",
]
