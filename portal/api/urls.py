"""Where the API's resources are mounted, below `/api/`."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from .documentation import ApiDocumentation, ApiSchema
from .embed.answers import EmbeddedEstimates, EmbeddedMeter
from .embed.tokens import EmbedTokens
from .fallbacks import nothing_here
from .fields import ID_PATTERN
from .kinde.urls import urlpatterns as kinde_patterns
from .v1.agreement_changes import ChangeAgreement, PreviewChange, UndoChange
from .v1.agreement_endings import CancelAgreement, EndAgreement, ResumeAgreement
from .v1.agreements import AgreementOfId, Agreements
from .v1.balances import Balances
from .v1.checkouts import CheckoutOfId, Checkouts
from .v1.cloud_events import post_events
from .v1.credit_grants import CreditGrantOfId, CreditGrants
from .v1.credit_packs import CreditPacks
from .v1.entitlements import get_entitlement, get_entitlements
from .v1.estimates import Estimates
from .v1.flags import flag_of_key, get_flags
from .v1.guarantees import Guarantees
from .v1.holds import HoldOfId, post_hold, post_release, post_settlement
from .v1.invoices import InvoiceOfId, Invoices, InvoiceToCome
from .v1.ledger import Ledger
from .v1.margins import CostList, MarginList
from .v1.memberships import Invitations, MembershipOfId, Memberships
from .v1.organization_properties import (
    IncrementProperty,
    OrganizationProperties,
    OrganizationProperty,
)
from .v1.organizations import CloseOrganization, OrganizationOfId, Organizations
from .v1.outcomes import ConfirmOutcome, DisputeOutcome, OutcomeOfId, Outcomes, ReverseOutcome
from .v1.payment_pages import PaymentPages
from .v1.plans import Plans
from .v1.portal_links import PortalLinks
from .v1.pricing_tables import PricingTableOfKey
from .v1.properties import Properties, PropertyOfKey
from .v1.repricing_offers import (
    AcceptRepricingOffer,
    DeclineRepricingOffer,
    RepricingOfferOfId,
    RepricingOffers,
)
from .v1.reversals import ReverseUsage
from .v1.top_ups import CancelTopUp, PayTopUp, TopUpOfId, TopUps
from .v1.usage import post_usage
from .v1.usage_events import UsageEventOfId
from .v1.usage_summary import Summary
from .v1.webhook_deliveries import (
    ResendFailedWebhooks,
    ResendWebhook,
    SendTestWebhook,
    WebhookDeliveries,
    WebhookDeliveryOfId,
)
from .v1.webhook_endpoints import (
    DisableWebhookEndpoint,
    EnableWebhookEndpoint,
    RotateWebhookSecret,
    WebhookEndpointOfId,
    WebhookEndpoints,
)
from .v1.webhook_events import WebhookEventOfId, WebhookEvents, WebhookEventTypes


class EventIdConverter(StringConverter):
    """The id of a usage event, as apps may choose it."""

    regex = ID_PATTERN.strip("^$")


class OurIdConverter(StringConverter):
    """An id that we gave to something."""

    regex = "[a-z]+_[0-9a-z]{26}"


class CodeConverter(StringConverter):
    """A code as staff may choose it; everything else is not an address."""

    regex = "[a-z][a-z0-9_]{0,62}"


register_converter(CodeConverter, "code")
register_converter(EventIdConverter, "event_id")
register_converter(OurIdConverter, "our_id")

AGREEMENT = "v1/agreements/<our_id:agreement_id>"
WEBHOOK = "v1/webhook-endpoints/<our_id:endpoint_id>"
DELIVERY = f"{WEBHOOK}/deliveries/<our_id:delivery_id>"
OUTCOME = "v1/outcomes/<our_id:outcome_id>"
REPRICING_OFFER = "v1/repricing-offers/<our_id:repricing_offer_id>"
ORGANIZATION = "v1/organizations/<our_id:organization_id>"
PROPERTY = f"{ORGANIZATION}/properties/<code:key>"

app_name = "api"
urlpatterns = [
    # What apps ask all day comes first.
    path("v1/usage", post_usage, name="usage"),
    path("v1/entitlements", get_entitlements, name="entitlements"),
    path("v1/entitlements/<code:feature>", get_entitlement, name="entitlement"),
    path("v1/flags", get_flags, name="flags"),
    path("v1/flags/<code:key>", flag_of_key, name="flag"),
    path("v1/usage/summary", Summary.as_view(), name="usage-summary"),
    path("v1/usage/<event_id:event_id>", UsageEventOfId.as_view(), name="usage-event"),
    path("v1/usage/<event_id:event_id>/reverse", ReverseUsage.as_view(), name="reverse-usage"),
    path("v1/events", post_events, name="events"),
    path("v1/holds", post_hold, name="holds"),
    path("v1/holds/<our_id:hold_id>", HoldOfId.as_view(), name="hold"),
    path("v1/holds/<our_id:hold_id>/settle", post_settlement, name="settle-hold"),
    path("v1/holds/<our_id:hold_id>/release", post_release, name="release-hold"),
    path("v1/balances", Balances.as_view(), name="balances"),
    path("v1/credit-grants", CreditGrants.as_view(), name="credit-grants"),
    path("v1/credit-grants/<our_id:grant_id>", CreditGrantOfId.as_view(), name="credit-grant"),
    path("v1/ledger", Ledger.as_view(), name="ledger"),
    path("v1/plans", Plans.as_view(), name="plans"),
    path("v1/pricing-tables/<code:key>", PricingTableOfKey.as_view(), name="pricing-table"),
    path("v1/estimates", Estimates.as_view(), name="estimates"),
    path("v1/embed-tokens", EmbedTokens.as_view(), name="embed-tokens"),
    path("v1/embed/estimate", EmbeddedEstimates.as_view(), name="embedded-estimate"),
    path("v1/embed/usage", EmbeddedMeter.as_view(), name="embedded-usage"),
    path("v1/credit-packs", CreditPacks.as_view(), name="credit-packs"),
    path("v1/organizations", Organizations.as_view(), name="organizations"),
    path(ORGANIZATION, OrganizationOfId.as_view(), name="organization"),
    path(f"{ORGANIZATION}/close", CloseOrganization.as_view(), name="close-organization"),
    path(
        f"{ORGANIZATION}/properties",
        OrganizationProperties.as_view(),
        name="organization-properties",
    ),
    path(PROPERTY, OrganizationProperty.as_view(), name="organization-property"),
    path(f"{PROPERTY}/increment", IncrementProperty.as_view(), name="increment-property"),
    path("v1/memberships", Memberships.as_view(), name="memberships"),
    path("v1/memberships/invitations", Invitations.as_view(), name="invitations"),
    path("v1/memberships/<our_id:membership_id>", MembershipOfId.as_view(), name="membership"),
    path("v1/portal-links", PortalLinks.as_view(), name="portal-links"),
    path("v1/properties", Properties.as_view(), name="properties"),
    path("v1/properties/<code:key>", PropertyOfKey.as_view(), name="property"),
    path("v1/outcomes", Outcomes.as_view(), name="outcomes"),
    path(OUTCOME, OutcomeOfId.as_view(), name="outcome"),
    path(f"{OUTCOME}/confirm", ConfirmOutcome.as_view(), name="confirm-outcome"),
    path(f"{OUTCOME}/reverse", ReverseOutcome.as_view(), name="reverse-outcome"),
    path(f"{OUTCOME}/dispute", DisputeOutcome.as_view(), name="dispute-outcome"),
    path("v1/repricing-offers", RepricingOffers.as_view(), name="repricing-offers"),
    path(REPRICING_OFFER, RepricingOfferOfId.as_view(), name="repricing-offer"),
    path(
        f"{REPRICING_OFFER}/accept",
        AcceptRepricingOffer.as_view(),
        name="accept-repricing-offer",
    ),
    path(
        f"{REPRICING_OFFER}/decline",
        DeclineRepricingOffer.as_view(),
        name="decline-repricing-offer",
    ),
    path("v1/margins", MarginList.as_view(), name="margins"),
    path("v1/costs", CostList.as_view(), name="costs"),
    path("v1/agreements", Agreements.as_view(), name="agreements"),
    path(AGREEMENT, AgreementOfId.as_view(), name="agreement"),
    path(f"{AGREEMENT}/preview", PreviewChange.as_view(), name="preview-change"),
    path(f"{AGREEMENT}/change", ChangeAgreement.as_view(), name="change-agreement"),
    path(f"{AGREEMENT}/undo-change", UndoChange.as_view(), name="undo-change"),
    path(f"{AGREEMENT}/cancel", CancelAgreement.as_view(), name="cancel-agreement"),
    path(f"{AGREEMENT}/resume", ResumeAgreement.as_view(), name="resume-agreement"),
    path(f"{AGREEMENT}/end", EndAgreement.as_view(), name="end-agreement"),
    path("v1/checkouts", Checkouts.as_view(), name="checkouts"),
    path("v1/checkouts/<our_id:checkout_id>", CheckoutOfId.as_view(), name="checkout"),
    path("v1/payment-pages", PaymentPages.as_view(), name="payment-pages"),
    path("v1/guarantees", Guarantees.as_view(), name="guarantees"),
    path("v1/invoices", Invoices.as_view(), name="invoices"),
    path("v1/invoices/upcoming", InvoiceToCome.as_view(), name="upcoming-invoice"),
    path("v1/invoices/<our_id:invoice_id>", InvoiceOfId.as_view(), name="invoice"),
    path("v1/top-ups", TopUps.as_view(), name="top-ups"),
    path("v1/top-ups/<our_id:top_up_id>", TopUpOfId.as_view(), name="top-up"),
    path("v1/top-ups/<our_id:top_up_id>/pay", PayTopUp.as_view(), name="pay-top-up"),
    path("v1/top-ups/<our_id:top_up_id>/cancel", CancelTopUp.as_view(), name="cancel-top-up"),
    path("v1/webhook-endpoints", WebhookEndpoints.as_view(), name="webhook-endpoints"),
    path(WEBHOOK, WebhookEndpointOfId.as_view(), name="webhook-endpoint"),
    path(f"{WEBHOOK}/enable", EnableWebhookEndpoint.as_view(), name="enable-webhook-endpoint"),
    path(f"{WEBHOOK}/disable", DisableWebhookEndpoint.as_view(), name="disable-webhook-endpoint"),
    path(f"{WEBHOOK}/rotate-secret", RotateWebhookSecret.as_view(), name="rotate-webhook-secret"),
    path(f"{WEBHOOK}/test", SendTestWebhook.as_view(), name="test-webhook-endpoint"),
    path(f"{WEBHOOK}/resend-failed", ResendFailedWebhooks.as_view(), name="resend-webhooks"),
    path(f"{WEBHOOK}/deliveries", WebhookDeliveries.as_view(), name="webhook-deliveries"),
    path(DELIVERY, WebhookDeliveryOfId.as_view(), name="webhook-delivery"),
    path(f"{DELIVERY}/resend", ResendWebhook.as_view(), name="resend-webhook"),
    path("v1/webhook-events", WebhookEvents.as_view(), name="webhook-events"),
    path(
        "v1/webhook-events/<our_id:webhook_event_id>",
        WebhookEventOfId.as_view(),
        name="webhook-event",
    ),
    path("v1/webhook-event-types", WebhookEventTypes.as_view(), name="webhook-event-types"),
    *kinde_patterns,
    path("schema/", ApiSchema.as_view(), name="schema"),
    path("docs/", ApiDocumentation.as_view(), name="docs"),
    re_path("", nothing_here, name="nothing-here"),
]
