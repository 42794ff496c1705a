from .agreement import Agreement
from .feature import Feature
from .plan import Plan, PlanGroup, PlanVersion
from .plan_terms import OveragePrice, PlanFeature, Price

__all__ = [
    "Agreement",
    "Feature",
    "OveragePrice",
    "Plan",
    "PlanFeature",
    "PlanGroup",
    "PlanVersion",
    "Price",
]
