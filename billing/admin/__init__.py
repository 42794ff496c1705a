"""The staff's pages about what is sold, and to whom."""

from .agreements import AgreementAdmin
from .features import FeatureAdmin
from .flag_overrides import FlagOverrideAdmin
from .invoices import InvoiceAdmin, SettlementChargeAdmin, StripeDifferenceAdmin
from .limits import LimitCrossingAdmin, SpendCapAdmin, UsageThresholdAdmin
from .mirror import CopyAdmin
from .outcomes import OutcomeAdmin, OutcomeDefinitionAdmin
from .plans import PlanAdmin, PlanGroupAdmin
from .pricing_tables import PricingTableAdmin
from .settlements import SettlementAdmin
from .stripe import StripeEndpointAdmin, StripeEventAdmin, StripeIntentAdmin
from .top_ups import AutomaticTopUpAdmin, CreditPackAdmin, TopUpAdmin
from .versions import PlanVersionAdmin

__all__ = [
    "AgreementAdmin",
    "AutomaticTopUpAdmin",
    "CopyAdmin",
    "CreditPackAdmin",
    "FeatureAdmin",
    "FlagOverrideAdmin",
    "InvoiceAdmin",
    "LimitCrossingAdmin",
    "OutcomeAdmin",
    "OutcomeDefinitionAdmin",
    "PlanAdmin",
    "PlanGroupAdmin",
    "PlanVersionAdmin",
    "PricingTableAdmin",
    "SettlementAdmin",
    "SettlementChargeAdmin",
    "SpendCapAdmin",
    "StripeDifferenceAdmin",
    "StripeEndpointAdmin",
    "StripeEventAdmin",
    "StripeIntentAdmin",
    "TopUpAdmin",
    "UsageThresholdAdmin",
]
