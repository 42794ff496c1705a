from .agreement import Agreement
from .feature import Feature
from .limits import LimitCrossing, SpendCap, UsageThreshold
from .plan import Plan, PlanGroup, PlanVersion
from .plan_change import PlanChange
from .plan_terms import OveragePrice, OverageTier, PlanFeature, Price
from .settlement import Settlement
from .top_up import AutomaticTopUp, CreditPack, PackPrice, TopUp

__all__ = [
    "Agreement",
    "AutomaticTopUp",
    "CreditPack",
    "Feature",
    "LimitCrossing",
    "OveragePrice",
    "OverageTier",
    "PackPrice",
    "Plan",
    "PlanChange",
    "PlanFeature",
    "PlanGroup",
    "PlanVersion",
    "Price",
    "Settlement",
    "SpendCap",
    "TopUp",
    "UsageThreshold",
]
