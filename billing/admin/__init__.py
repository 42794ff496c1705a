"""The staff's pages about what is sold, and to whom."""

from .agreements import AgreementAdmin
from .features import FeatureAdmin
from .plans import PlanAdmin, PlanGroupAdmin
from .versions import PlanVersionAdmin

__all__ = [
    "AgreementAdmin",
    "FeatureAdmin",
    "PlanAdmin",
    "PlanGroupAdmin",
    "PlanVersionAdmin",
]
