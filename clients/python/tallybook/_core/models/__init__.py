"""Contains all the data models used in inputs/outputs"""

from .acceptance import Acceptance
from .account_entitlement import AccountEntitlement
from .account_entitlements import AccountEntitlements
from .account_entitlements_answer import AccountEntitlementsAnswer
from .account_flag import AccountFlag
from .account_flags import AccountFlags
from .account_flags_answer import AccountFlagsAnswer
from .account_plan import AccountPlan
from .agreement import Agreement
from .agreement_of_organization import AgreementOfOrganization
from .agreement_order import AgreementOrder
from .agreement_order_interval import AgreementOrderInterval
from .agreement_page import AgreementPage
from .amount import Amount
from .amount_shown import AmountShown
from .audited import Audited
from .balance import Balance
from .balance_page import BalancePage
from .batch_result import BatchResult
from .billing_of_organization import BillingOfOrganization
from .by import By
from .by_what import ByWhat
from .by_whom import ByWhom
from .cancellation import Cancellation
from .cancellation_feedback_type_3 import CancellationFeedbackType3
from .change_order import ChangeOrder
from .change_order_interval_type_0 import ChangeOrderIntervalType0
from .change_preview import ChangePreview
from .change_wish import ChangeWish
from .change_wish_interval_type_0 import ChangeWishIntervalType0
from .changed_webhook import ChangedWebhook
from .checkout import Checkout
from .checkout_order import CheckoutOrder
from .checkout_order_interval import CheckoutOrderInterval
from .closure import Closure
from .cloud_event import CloudEvent
from .confirmation import Confirmation
from .cost_of import CostOf
from .costs import Costs
from .created_organization import CreatedOrganization
from .credit_grant import CreditGrant
from .credit_grant_order import CreditGrantOrder
from .credit_grant_order_category import CreditGrantOrderCategory
from .credit_grant_statement import CreditGrantStatement
from .credit_pack import CreditPack
from .credit_pack_page import CreditPackPage
from .customer_value import CustomerValue
from .dispute import Dispute
from .dispute_status import DisputeStatus
from .effect import Effect
from .embed_token import EmbedToken
from .embed_token_order import EmbedTokenOrder
from .embedded_estimate import EmbeddedEstimate
from .embedded_usage import EmbeddedUsage
from .ending import Ending
from .entitlement import Entitlement
from .entitlement_of_agreement import EntitlementOfAgreement
from .entitlement_page import EntitlementPage
from .error_code import ErrorCode
from .estimate import Estimate
from .evaluated_flag import EvaluatedFlag
from .evaluated_flags import EvaluatedFlags
from .evaluation_context import EvaluationContext
from .evaluation_error import EvaluationError
from .evaluation_metadata import EvaluationMetadata
from .evaluation_reason import EvaluationReason
from .evaluation_request import EvaluationRequest
from .event_data import EventData
from .event_data_properties_type_0 import EventDataPropertiesType0
from .event_error import EventError
from .event_result import EventResult
from .events_answer import EventsAnswer
from .field_error import FieldError
from .figures import Figures
from .flag import Flag
from .flag_override import FlagOverride
from .flag_page import FlagPage
from .flag_source import FlagSource
from .grant_entry import GrantEntry
from .guarantee import Guarantee
from .guarantee_month import GuaranteeMonth
from .guarantee_page import GuaranteePage
from .hold import Hold
from .hold_order import HoldOrder
from .hold_status import HoldStatus
from .increment import Increment
from .invitation import Invitation
from .invitation_order import InvitationOrder
from .invitation_order_role import InvitationOrderRole
from .invitation_page import InvitationPage
from .invitation_role import InvitationRole
from .invoice import Invoice
from .invoice_line import InvoiceLine
from .invoice_page import InvoicePage
from .invoice_with_lines import InvoiceWithLines
from .key_to_verify import KeyToVerify
from .kinde_account_portal_link_subnav import KindeAccountPortalLinkSubnav
from .kinde_agreed import KindeAgreed
from .kinde_agreement import KindeAgreement
from .kinde_agreement_order import KindeAgreementOrder
from .kinde_agreements import KindeAgreements
from .kinde_entitlement import KindeEntitlement
from .kinde_entitlements import KindeEntitlements
from .kinde_error import KindeError
from .kinde_errors import KindeErrors
from .kinde_event import KindeEvent
from .kinde_event_answer import KindeEventAnswer
from .kinde_event_data import KindeEventData
from .kinde_event_type import KindeEventType
from .kinde_event_type_schema import KindeEventTypeSchema
from .kinde_event_types import KindeEventTypes
from .kinde_flag import KindeFlag
from .kinde_flags import KindeFlags
from .kinde_flags_feature_flags import KindeFlagsFeatureFlags
from .kinde_get_organization_expand import KindeGetOrganizationExpand
from .kinde_list_entitlements_expand import KindeListEntitlementsExpand
from .kinde_organization import KindeOrganization
from .kinde_organization_change import KindeOrganizationChange
from .kinde_organization_order import KindeOrganizationOrder
from .kinde_webhook import KindeWebhook
from .kinde_webhook_change import KindeWebhookChange
from .kinde_webhook_order import KindeWebhookOrder
from .kinde_webhooks import KindeWebhooks
from .ledger_entry import LedgerEntry
from .ledger_page import LedgerPage
from .list_costs_by import ListCostsBy
from .list_ledger_kind import ListLedgerKind
from .list_margins_by import ListMarginsBy
from .list_outcomes_status import ListOutcomesStatus
from .list_webhook_deliveries_status import ListWebhookDeliveriesStatus
from .margin_of import MarginOf
from .margins import Margins
from .membership import Membership
from .membership_page import MembershipPage
from .membership_role import MembershipRole
from .meter_usage import MeterUsage
from .meter_usage_answer import MeterUsageAnswer
from .missed_webhooks import MissedWebhooks
from .mode import Mode
from .month_compared import MonthCompared
from .month_compared_used import MonthComparedUsed
from .new_value import NewValue
from .new_webhook_endpoint import NewWebhookEndpoint
from .new_webhook_endpoint_format import NewWebhookEndpointFormat
from .one_account_entitlement import OneAccountEntitlement
from .one_account_entitlement_answer import OneAccountEntitlementAnswer
from .one_account_entitlement_answer_metadata import OneAccountEntitlementAnswerMetadata
from .organization import Organization
from .organization_change import OrganizationChange
from .organization_created import OrganizationCreated
from .organization_order import OrganizationOrder
from .organization_page import OrganizationPage
from .outcome import Outcome
from .outcome_counts import OutcomeCounts
from .outcome_objection import OutcomeObjection
from .outcome_page import OutcomePage
from .outcome_report import OutcomeReport
from .outcome_report_evidence_type_0 import OutcomeReportEvidenceType0
from .outcome_reversal import OutcomeReversal
from .overage_price import OveragePrice
from .overage_tier import OverageTier
from .page_metadata import PageMetadata
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
from .plan_compared import PlanCompared
from .plan_feature import PlanFeature
from .plan_feature_overage_unit_prices import PlanFeatureOverageUnitPrices
from .plan_page import PlanPage
from .portal_link import PortalLink
from .portal_link_order import PortalLinkOrder
from .portal_link_order_subnav import PortalLinkOrderSubnav
from .portal_url import PortalUrl
from .portal_url_order import PortalUrlOrder
from .portal_url_order_sub_nav_type_3 import PortalUrlOrderSubNavType3
from .preview_line import PreviewLine
from .price import Price
from .priced_action import PricedAction
from .pricing_table import PricingTable
from .pricing_table_card import PricingTableCard
from .problem import Problem
from .property_ import Property
from .property_change import PropertyChange
from .property_kind import PropertyKind
from .property_kind_page import PropertyKindPage
from .property_kind_type import PropertyKindType
from .property_order import PropertyOrder
from .property_order_type import PropertyOrderType
from .property_page import PropertyPage
from .property_type import PropertyType
from .property_values import PropertyValues
from .property_values_properties import PropertyValuesProperties
from .reason import Reason
from .refusal import Refusal
from .registered_webhook import RegisteredWebhook
from .release import Release
from .reported_event import ReportedEvent
from .reported_event_properties_type_0 import ReportedEventPropertiesType0
from .repricing_offer import RepricingOffer
from .repricing_offer_page import RepricingOfferPage
from .repricing_offer_status import RepricingOfferStatus
from .repricing_offer_verdict import RepricingOfferVerdict
from .resent_webhooks import ResentWebhooks
from .resumption import Resumption
from .reversal_order import ReversalOrder
from .reversed_by import ReversedBy
from .reversed_usage import ReversedUsage
from .scheduled_change import ScheduledChange
from .settled_hold import SettledHold
from .settlement import Settlement
from .settlement_properties_type_0 import SettlementPropertiesType0
from .shortage import Shortage
from .subscribed_plan import SubscribedPlan
from .success import Success
from .summarize_usage_by import SummarizeUsageBy
from .tokens_reported import TokensReported
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
from .verified_key import VerifiedKey
from .waiting_credit_grant import WaitingCreditGrant
from .webhook_attempt import WebhookAttempt
from .webhook_changed import WebhookChanged
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_page import WebhookDeliveryPage
from .webhook_delivery_with_attempts import WebhookDeliveryWithAttempts
from .webhook_endpoint import WebhookEndpoint
from .webhook_endpoint_change import WebhookEndpointChange
from .webhook_endpoint_page import WebhookEndpointPage
from .webhook_endpoint_with_secret import WebhookEndpointWithSecret
from .webhook_event import WebhookEvent
from .webhook_event_data import WebhookEventData
from .webhook_event_page import WebhookEventPage
from .webhook_event_type import WebhookEventType
from .webhook_event_type_page import WebhookEventTypePage
from .webhook_health import WebhookHealth
from .webhook_owner import WebhookOwner
from .webhook_registered import WebhookRegistered
from .webhook_secret_rotation import WebhookSecretRotation
from .withdrawal import Withdrawal

__all__ = (
    "Acceptance",
    "AccountEntitlement",
    "AccountEntitlements",
    "AccountEntitlementsAnswer",
    "AccountFlag",
    "AccountFlags",
    "AccountFlagsAnswer",
    "AccountPlan",
    "Agreement",
    "AgreementOfOrganization",
    "AgreementOrder",
    "AgreementOrderInterval",
    "AgreementPage",
    "Amount",
    "AmountShown",
    "Audited",
    "Balance",
    "BalancePage",
    "BatchResult",
    "BillingOfOrganization",
    "By",
    "ByWhat",
    "ByWhom",
    "Cancellation",
    "CancellationFeedbackType3",
    "ChangedWebhook",
    "ChangeOrder",
    "ChangeOrderIntervalType0",
    "ChangePreview",
    "ChangeWish",
    "ChangeWishIntervalType0",
    "Checkout",
    "CheckoutOrder",
    "CheckoutOrderInterval",
    "Closure",
    "CloudEvent",
    "Confirmation",
    "CostOf",
    "Costs",
    "CreatedOrganization",
    "CreditGrant",
    "CreditGrantOrder",
    "CreditGrantOrderCategory",
    "CreditGrantStatement",
    "CreditPack",
    "CreditPackPage",
    "CustomerValue",
    "Dispute",
    "DisputeStatus",
    "Effect",
    "EmbeddedEstimate",
    "EmbeddedUsage",
    "EmbedToken",
    "EmbedTokenOrder",
    "Ending",
    "Entitlement",
    "EntitlementOfAgreement",
    "EntitlementPage",
    "ErrorCode",
    "Estimate",
    "EvaluatedFlag",
    "EvaluatedFlags",
    "EvaluationContext",
    "EvaluationError",
    "EvaluationMetadata",
    "EvaluationReason",
    "EvaluationRequest",
    "EventData",
    "EventDataPropertiesType0",
    "EventError",
    "EventResult",
    "EventsAnswer",
    "FieldError",
    "Figures",
    "Flag",
    "FlagOverride",
    "FlagPage",
    "FlagSource",
    "GrantEntry",
    "Guarantee",
    "GuaranteeMonth",
    "GuaranteePage",
    "Hold",
    "HoldOrder",
    "HoldStatus",
    "Increment",
    "Invitation",
    "InvitationOrder",
    "InvitationOrderRole",
    "InvitationPage",
    "InvitationRole",
    "Invoice",
    "InvoiceLine",
    "InvoicePage",
    "InvoiceWithLines",
    "KeyToVerify",
    "KindeAccountPortalLinkSubnav",
    "KindeAgreed",
    "KindeAgreement",
    "KindeAgreementOrder",
    "KindeAgreements",
    "KindeEntitlement",
    "KindeEntitlements",
    "KindeError",
    "KindeErrors",
    "KindeEvent",
    "KindeEventAnswer",
    "KindeEventData",
    "KindeEventType",
    "KindeEventTypes",
    "KindeEventTypeSchema",
    "KindeFlag",
    "KindeFlags",
    "KindeFlagsFeatureFlags",
    "KindeGetOrganizationExpand",
    "KindeListEntitlementsExpand",
    "KindeOrganization",
    "KindeOrganizationChange",
    "KindeOrganizationOrder",
    "KindeWebhook",
    "KindeWebhookChange",
    "KindeWebhookOrder",
    "KindeWebhooks",
    "LedgerEntry",
    "LedgerPage",
    "ListCostsBy",
    "ListLedgerKind",
    "ListMarginsBy",
    "ListOutcomesStatus",
    "ListWebhookDeliveriesStatus",
    "MarginOf",
    "Margins",
    "Membership",
    "MembershipPage",
    "MembershipRole",
    "MeterUsage",
    "MeterUsageAnswer",
    "MissedWebhooks",
    "Mode",
    "MonthCompared",
    "MonthComparedUsed",
    "NewValue",
    "NewWebhookEndpoint",
    "NewWebhookEndpointFormat",
    "OneAccountEntitlement",
    "OneAccountEntitlementAnswer",
    "OneAccountEntitlementAnswerMetadata",
    "Organization",
    "OrganizationChange",
    "OrganizationCreated",
    "OrganizationOrder",
    "OrganizationPage",
    "Outcome",
    "OutcomeCounts",
    "OutcomeObjection",
    "OutcomePage",
    "OutcomeReport",
    "OutcomeReportEvidenceType0",
    "OutcomeReversal",
    "OveragePrice",
    "OverageTier",
    "PageMetadata",
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
    "PlanCompared",
    "PlanFeature",
    "PlanFeatureOverageUnitPrices",
    "PlanPage",
    "PortalLink",
    "PortalLinkOrder",
    "PortalLinkOrderSubnav",
    "PortalUrl",
    "PortalUrlOrder",
    "PortalUrlOrderSubNavType3",
    "PreviewLine",
    "Price",
    "PricedAction",
    "PricingTable",
    "PricingTableCard",
    "Problem",
    "Property",
    "PropertyChange",
    "PropertyKind",
    "PropertyKindPage",
    "PropertyKindType",
    "PropertyOrder",
    "PropertyOrderType",
    "PropertyPage",
    "PropertyType",
    "PropertyValues",
    "PropertyValuesProperties",
    "Reason",
    "Refusal",
    "RegisteredWebhook",
    "Release",
    "ReportedEvent",
    "ReportedEventPropertiesType0",
    "RepricingOffer",
    "RepricingOfferPage",
    "RepricingOfferStatus",
    "RepricingOfferVerdict",
    "ResentWebhooks",
    "Resumption",
    "ReversalOrder",
    "ReversedBy",
    "ReversedUsage",
    "ScheduledChange",
    "SettledHold",
    "Settlement",
    "SettlementPropertiesType0",
    "Shortage",
    "SubscribedPlan",
    "Success",
    "SummarizeUsageBy",
    "TokensReported",
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
    "VerifiedKey",
    "WaitingCreditGrant",
    "WebhookAttempt",
    "WebhookChanged",
    "WebhookDelivery",
    "WebhookDeliveryPage",
    "WebhookDeliveryWithAttempts",
    "WebhookEndpoint",
    "WebhookEndpointChange",
    "WebhookEndpointPage",
    "WebhookEndpointWithSecret",
    "WebhookEvent",
    "WebhookEventData",
    "WebhookEventPage",
    "WebhookEventType",
    "WebhookEventTypePage",
    "WebhookHealth",
    "WebhookOwner",
    "WebhookRegistered",
    "WebhookSecretRotation",
    "Withdrawal",
)
