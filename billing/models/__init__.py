from .agreed_seats import AgreedSeats
from .agreement import Agreement
from .catalog_revision import CatalogRevision
from .costs import ActionCostWeek, CustomerCost
from .data_export import DataExport, DataExportPart
from .feature import Feature
from .flag_override import FlagOverride
from .guarantee import Guarantee, GuaranteeClaim
from .invoice import Invoice, InvoiceLine, SettlementCharge
from .limits import LimitCrossing, SpendCap, UsageThreshold
from .manual_credit import ManualCredit
from .money_credit import BalanceEntry, MoneyCredit
from .outcome import Outcome, OutcomeDefinition, OutcomeDispute
from .plan import Plan, PlanGroup, PlanVersion
from .plan_change import PlanChange
from .plan_terms import OveragePrice, OverageTier, PlanFeature, Price
from .price_design import PriceReview, RateChange, RateNotice
from .pricing_table import PricingTable, PricingTableCard, PricingTableVersion
from .private_offer import PrivateOffer
from .repricing import (
    CampaignConversion,
    RepricingCampaign,
    SimulatedCustomer,
    SimulatedPlan,
    Simulation,
)
from .repricing_offer import RepricingNotice, RepricingOffer
from .revenue import LedgerCheck, RevenueDay, RevenueSnapshot
from .scheduled_change import ScheduledChange
from .settlement import Settlement
from .stripe_objects import (
    Checkout,
    Publication,
    StripeCustomer,
    StripeMeter,
    StripePrice,
    StripeProduct,
    StripeSubscription,
)
from .stripe_traffic import StripeDifference, StripeEndpoint, StripeEvent, StripeIntent
from .top_up import AutomaticTopUp, CreditPack, PackPrice, TopUp

__all__ = [
    "ActionCostWeek",
    "AgreedSeats",
    "Agreement",
    "AutomaticTopUp",
    "BalanceEntry",
    "CampaignConversion",
    "CatalogRevision",
    "Checkout",
    "CreditPack",
    "CustomerCost",
    "DataExport",
    "DataExportPart",
    "Feature",
    "FlagOverride",
    "Guarantee",
    "GuaranteeClaim",
    "Invoice",
    "InvoiceLine",
    "LedgerCheck",
    "LimitCrossing",
    "ManualCredit",
    "MoneyCredit",
    "Outcome",
    "OutcomeDefinition",
    "OutcomeDispute",
    "OveragePrice",
    "OverageTier",
    "PackPrice",
    "Plan",
    "PlanChange",
    "PlanFeature",
    "PlanGroup",
    "PlanVersion",
    "Price",
    "PriceReview",
    "PricingTable",
    "PricingTableCard",
    "PricingTableVersion",
    "PrivateOffer",
    "Publication",
    "RateChange",
    "RateNotice",
    "RepricingCampaign",
    "RepricingNotice",
    "RepricingOffer",
    "RevenueDay",
    "RevenueSnapshot",
    "ScheduledChange",
    "Settlement",
    "SettlementCharge",
    "SimulatedCustomer",
    "SimulatedPlan",
    "Simulation",
    "SpendCap",
    "StripeCustomer",
    "StripeDifference",
    "StripeEndpoint",
    "StripeEvent",
    "StripeIntent",
    "StripeMeter",
    "StripePrice",
    "StripeProduct",
    "StripeSubscription",
    "TopUp",
    "UsageThreshold",
]
