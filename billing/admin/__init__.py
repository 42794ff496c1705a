"""The staff's pages about what is sold, and to whom."""

from .agreements import AgreementAdmin
from .features import FeatureAdmin
from .plans import PlanAdmin, PlanGroupAdmin
from .top_ups import AutomaticTopUpAdmin, CreditPackAdmin, TopUpAdmin
from .versions import PlanVersionAdmin

__all__ = [
    "AgreementAdmin",
    "AutomaticTopUpAdmin",
    "CreditPackAdmin",
    "FeatureAdmin",
    "PlanAdmin",
    "PlanGroupAdmin",
    "PlanVersionAdmin",
    "TopUpAdmin",
]
