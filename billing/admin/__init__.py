"""The staff's pages about what is sold, and to whom."""

from . import margins, outcome_revenue, plan_groups, price_design, price_design_changes, revenue
from .agreements import AgreementAdmin
from .customer_costs import CustomerCostAdmin
from .features import FeatureAdmin
from .flag_overrides import FlagOverrideAdmin
from .guarantees import GuaranteeAdmin
from .invoices import InvoiceAdmin, SettlementChargeAdmin, StripeDifferenceAdmin
from .limits import LimitCrossingAdmin, SpendCapAdmin, UsageThresholdAdmin
from .manual_credits import ManualCreditAdmin
from .mirror import CopyAdmin
from .money_credits import BalanceEntryAdmin, MoneyCreditAdmin
from .outcomes import OutcomeAdmin, OutcomeDefinitionAdmin, OutcomeDisputeAdmin
from .plans import PlanAdmin, PlanGroupAdmin
from .pricing_tables import PricingTableAdmin
from .private_offers import PrivateOfferAdmin
from .rate_changes import RateChangeAdmin
from .repricing import RepricingCampaignAdmin
from .settlements import SettlementAdmin
from .stripe import StripeEndpointAdmin, StripeEventAdmin, StripeIntentAdmin
from .top_ups import AutomaticTopUpAdmin, CreditPackAdmin, TopUpAdmin
from .versions import PlanVersionAdmin

__all__ = [
    "AgreementAdmin",
    "AutomaticTopUpAdmin",
    "BalanceEntryAdmin",
    "CopyAdmin",
    "CreditPackAdmin",
    "CustomerCostAdmin",
    "FeatureAdmin",
    "FlagOverrideAdmin",
    "GuaranteeAdmin",
    "InvoiceAdmin",
    "LimitCrossingAdmin",
    "ManualCreditAdmin",
    "MoneyCreditAdmin",
    "OutcomeAdmin",
    "OutcomeDefinitionAdmin",
    "OutcomeDisputeAdmin",
    "PlanAdmin",
    "PlanGroupAdmin",
    "PlanVersionAdmin",
    "PricingTableAdmin",
    "PrivateOfferAdmin",
    "RateChangeAdmin",
    "RepricingCampaignAdmin",
    "SettlementAdmin",
    "SettlementChargeAdmin",
    "SpendCapAdmin",
    "StripeDifferenceAdmin",
    "StripeEndpointAdmin",
    "StripeEventAdmin",
    "StripeIntentAdmin",
    "TopUpAdmin",
    "UsageThresholdAdmin",
    "margins",
    "outcome_revenue",
    "plan_groups",
    "price_design",
    "price_design_changes",
    "revenue",
]
