"""Contains all the data models used in inputs/outputs"""

from .agreement import Agreement
from .agreement_order import AgreementOrder
from .agreement_order_interval import AgreementOrderInterval
from .agreement_page import AgreementPage
from .amount import Amount
from .amount_shown import AmountShown
from .balance import Balance
from .balance_page import BalancePage
from .batch_result import BatchResult
from .by import By
from .cancellation import Cancellation
from .cancellation_feedback_type_3 import CancellationFeedbackType3
from .change_order import ChangeOrder
from .change_order_interval_type_0 import ChangeOrderIntervalType0
from .change_preview import ChangePreview
from .change_wish import ChangeWish
from .change_wish_interval_type_0 import ChangeWishIntervalType0
from .checkout import Checkout
from .checkout_order import CheckoutOrder
from .checkout_order_interval import CheckoutOrderInterval
from .credit_grant import CreditGrant
from .credit_grant_order import CreditGrantOrder
from .credit_grant_order_category import CreditGrantOrderCategory
from .credit_grant_statement import CreditGrantStatement
from .effect import Effect
from .ending import Ending
from .entitlement import Entitlement
from .entitlement_page import EntitlementPage
from .event_result import EventResult
from .field_error import FieldError
from .flag import Flag
from .flag_page import FlagPage
from .flag_source import FlagSource
from .grant_entry import GrantEntry
from .hold import Hold
from .hold_order import HoldOrder
from .hold_status import HoldStatus
from .invoice import Invoice
from .invoice_line import InvoiceLine
from .invoice_page import InvoicePage
from .invoice_with_lines import InvoiceWithLines
from .kinde_error import KindeError
from .kinde_errors import KindeErrors
from .ledger_entry import LedgerEntry
from .ledger_page import LedgerPage
from .list_ledger_kind import ListLedgerKind
from .meter_usage import MeterUsage
from .meter_usage_answer import MeterUsageAnswer
from .mode import Mode
from .outcome import Outcome
from .outcome_counts import OutcomeCounts
from .overage_price import OveragePrice
from .overage_tier import OverageTier
from .past_balance import PastBalance
from .past_balance_page import PastBalancePage
from .payment import Payment
from .payment_attempts import PaymentAttempts
from .payment_page import PaymentPage
from .payment_page_order import PaymentPageOrder
from .payment_page_order_page import PaymentPageOrderPage
from .payment_pay import PaymentPay
from .payment_problem import PaymentProblem
from .plan import Plan
from .plan_feature import PlanFeature
from .plan_feature_overage_unit_prices import PlanFeatureOverageUnitPrices
from .plan_page import PlanPage
from .preview_line import PreviewLine
from .price import Price
from .priced_action import PricedAction
from .problem import Problem
from .reason import Reason
from .release import Release
from .reported_event import ReportedEvent
from .reported_event_properties_type_0 import ReportedEventPropertiesType0
from .resumption import Resumption
from .reversal_order import ReversalOrder
from .reversed_by import ReversedBy
from .reversed_usage import ReversedUsage
from .scheduled_change import ScheduledChange
from .settled_hold import SettledHold
from .settlement import Settlement
from .settlement_properties_type_0 import SettlementPropertiesType0
from .shortage import Shortage
from .summarize_usage_by import SummarizeUsageBy
from .top_up import TopUp
from .top_up_order import TopUpOrder
from .top_up_order_pay import TopUpOrderPay
from .top_up_page import TopUpPage
from .top_up_to_pay import TopUpToPay
from .undoing import Undoing
from .upcoming_invoice import UpcomingInvoice
from .upcoming_line import UpcomingLine
from .upgrade_plan import UpgradePlan
from .usage_batch import UsageBatch
from .usage_event import UsageEvent
from .usage_event_properties import UsageEventProperties
from .usage_of import UsageOf
from .usage_payment import UsagePayment
from .usage_summary import UsageSummary
from .withdrawal import Withdrawal

__all__ = (
    "Agreement",
    "AgreementOrder",
    "AgreementOrderInterval",
    "AgreementPage",
    "Amount",
    "AmountShown",
    "Balance",
    "BalancePage",
    "BatchResult",
    "By",
    "Cancellation",
    "CancellationFeedbackType3",
    "ChangeOrder",
    "ChangeOrderIntervalType0",
    "ChangePreview",
    "ChangeWish",
    "ChangeWishIntervalType0",
    "Checkout",
    "CheckoutOrder",
    "CheckoutOrderInterval",
    "CreditGrant",
    "CreditGrantOrder",
    "CreditGrantOrderCategory",
    "CreditGrantStatement",
    "Effect",
    "Ending",
    "Entitlement",
    "EntitlementPage",
    "EventResult",
    "FieldError",
    "Flag",
    "FlagPage",
    "FlagSource",
    "GrantEntry",
    "Hold",
    "HoldOrder",
    "HoldStatus",
    "Invoice",
    "InvoiceLine",
    "InvoicePage",
    "InvoiceWithLines",
    "KindeError",
    "KindeErrors",
    "LedgerEntry",
    "LedgerPage",
    "ListLedgerKind",
    "MeterUsage",
    "MeterUsageAnswer",
    "Mode",
    "Outcome",
    "OutcomeCounts",
    "OveragePrice",
    "OverageTier",
    "PastBalance",
    "PastBalancePage",
    "Payment",
    "PaymentAttempts",
    "PaymentPage",
    "PaymentPageOrder",
    "PaymentPageOrderPage",
    "PaymentPay",
    "PaymentProblem",
    "Plan",
    "PlanFeature",
    "PlanFeatureOverageUnitPrices",
    "PlanPage",
    "PreviewLine",
    "Price",
    "PricedAction",
    "Problem",
    "Reason",
    "Release",
    "ReportedEvent",
    "ReportedEventPropertiesType0",
    "Resumption",
    "ReversalOrder",
    "ReversedBy",
    "ReversedUsage",
    "ScheduledChange",
    "SettledHold",
    "Settlement",
    "SettlementPropertiesType0",
    "Shortage",
    "SummarizeUsageBy",
    "TopUp",
    "TopUpOrder",
    "TopUpOrderPay",
    "TopUpPage",
    "TopUpToPay",
    "Undoing",
    "UpcomingInvoice",
    "UpcomingLine",
    "UpgradePlan",
    "UsageBatch",
    "UsageEvent",
    "UsageEventProperties",
    "UsageOf",
    "UsagePayment",
    "UsageSummary",
    "Withdrawal",
)
