"""
What is in an export: every table with rows of an organization, and which of its columns.

A table that is not listed here, nor among those that are left out for a reason, fails a test.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db.models import BinaryField, Field, ForeignKey, Model, QuerySet

from accounts.models import Organization

# Never handed out, whatever the table: secrets and what was made of them, what usage costs us (as
# the tokens that it took do), and what workers leave each other.
NEVER: Final = re.compile(r"secret|sha256|hash|digest|password|encrypted|^cost$|^tokens$|^lease")
# How a row is called in the columns of others, from the best name on.
_NAMES: Final = ("public_id", "code", "key", "kid")


@dataclass(frozen=True, slots=True)
class Table:
    """
    A model whose rows are handed out as one CSV file.

    `owner` leads from a row to its organization; `hidden` are fields that are nobody's business
    but ours, `extra` are columns that are read from rows beside it.
    """

    label: str
    file: str
    about: str
    owner: str = "organization"
    hidden: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    only: tuple[tuple[str, Any], ...] = ()

    @property
    def model(self) -> type[Model]:
        """Whose rows they are."""
        return apps.get_model(self.label)

    def columns(self) -> dict[str, str]:
        """The columns by their names, and where each is read."""
        return dict(self._columns())

    def rows(self, organization: Organization) -> QuerySet[Any, tuple[Any, ...]]:
        """The organization's rows, oldest first, one tuple of column values each."""
        owned = {self.owner: organization.pk, **dict(self.only)}
        found = self.model._base_manager.filter(**owned).order_by("pk")
        return found.values_list(*self.columns().values())

    def _columns(self) -> Iterator[tuple[str, str]]:
        fields = [field for field in self.model._meta.concrete_fields if self._is_shown(field)]
        has_name = any(field.name == "public_id" for field in fields)
        for field in fields:
            if isinstance(field, ForeignKey):
                yield _reference(field)
            elif field.name == "public_id":
                yield "id", field.name
            elif not (field.primary_key and has_name):
                yield field.name, field.name
        yield from self.extra

    def _is_shown(self, field: "Field[Any, Any]") -> bool:
        return not (
            field.name == "organization"
            or field.name in self.hidden
            or isinstance(field, BinaryField)
            or NEVER.search(field.name)
        )


def _reference(field: "ForeignKey[Any, Any]") -> tuple[str, str]:
    target = field.related_model
    assert isinstance(target, type) and issubclass(target, Model), field
    known = {other.name for other in target._meta.concrete_fields}
    name = next((name for name in _NAMES if name in known), None)
    if name is None:
        return field.attname, field.attname
    return f"{field.name}_{'id' if name == 'public_id' else name}", f"{field.name}__{name}"


_VERSION: Final = ("plan_version",)
_PLAN: Final = (
    ("plan_code", "plan_version__plan__code"),
    ("plan_version", "plan_version__number"),
)
_PERSON: Final = (("email", "user__email"), ("name", "user__name"))

TABLES: Final = (
    Table(
        "accounts.Organization",
        "organization",
        "What the organization says about itself.",
        owner="pk",
        hidden=("clock_ahead",),
    ),
    Table("accounts.Membership", "members", "People and roles.", hidden=("user",), extra=_PERSON),
    Table("accounts.Invitation", "invitations", "Who was invited as what.", hidden=("invited_by",)),
    Table("accounts.BillingContact", "billing_contacts", "Who else is mailed about billing."),
    Table(
        "accounts.PropertyValue",
        "properties",
        "Facts that we keep about the organization and share with it.",
        only=(("definition__is_public", True),),
    ),
    Table("accounts.ApiKey", "api_keys", "API keys without secrets.", hidden=("created_by",)),
    Table(
        "accounts.SignInApp",
        "sign_in_apps",
        "Apps that people sign in to.",
        hidden=("created_by",),
    ),
    Table(
        "accounts.WebhookEndpoint",
        "webhook_endpoints",
        "Addresses that are told of events, without secrets.",
        hidden=("created_by", "former_secret_until", "retry_at"),
    ),
    Table("accounts.WebhookEvent", "webhook_events", "What they were told."),
    Table(
        "accounts.WebhookDelivery",
        "webhook_deliveries",
        "Which endpoint was told of which event.",
        owner="endpoint__organization",
    ),
    Table(
        "accounts.WebhookAttempt",
        "webhook_attempts",
        "What the endpoints answered.",
        owner="delivery__endpoint__organization",
    ),
    Table(
        "accounts.Mail",
        "mails",
        "Mails that were sent.",
        hidden=("notice", "user", "last_error"),
        extra=(("kind", "notice__kind"),),
    ),
    Table(
        "accounts.MailOptOut",
        "mail_opt_outs",
        "Who wants no mail about what.",
        hidden=("user",),
        extra=(("email", "user__email"),),
    ),
    Table(
        "accounts.PortalLink",
        "portal_links",
        "Links that opened the portal.",
        owner="membership__organization",
    ),
    Table(
        "accounts.StaffVisit",
        "staff_visits",
        "When our staff looked at the organization's pages, and why.",
        hidden=("user",),
    ),
    Table("metering.UsagePeriod", "usage_periods", "Spans over which usage is totalled."),
    Table("metering.UsageEvent", "usage_events", "Every report of usage that was booked."),
    Table("metering.UsageReversal", "usage_reversals", "Reports that were taken back."),
    Table("metering.Hold", "holds", "Credits that were reserved."),
    Table("metering.CreditGrant", "credit_grants", "Credits that were granted."),
    Table(
        "metering.GrantRestriction",
        "credit_grant_restrictions",
        "What grants may be used for, where that is not everything.",
        owner="grant__organization",
    ),
    Table("metering.GrantEnd", "credit_grant_ends", "Grants that ended before their time."),
    Table("metering.LedgerAccount", "ledger_accounts", "The accounts of the ledger."),
    Table("metering.LedgerTransfer", "ledger_transfers", "Every movement between them."),
    Table("billing.Agreement", "agreements", "What was agreed on.", hidden=_VERSION, extra=_PLAN),
    Table("billing.AgreedSeats", "agreed_seats", "How many seats there were, and since when."),
    Table(
        "billing.PlanChange",
        "plan_changes",
        "Changes of the plan.",
        hidden=("from_version", "to_version"),
        extra=(
            ("from_plan_code", "from_version__plan__code"),
            ("from_plan_version", "from_version__number"),
            ("to_plan_code", "to_version__plan__code"),
            ("to_plan_version", "to_version__number"),
        ),
    ),
    Table(
        "billing.ScheduledChange",
        "scheduled_changes",
        "Changes that were to happen at the end of a period.",
        hidden=("to_version",),
        extra=(
            ("to_plan_code", "to_version__plan__code"),
            ("to_plan_version", "to_version__number"),
        ),
    ),
    Table("billing.PrivateOffer", "private_offers", "Plans that were offered to it alone."),
    Table("billing.FlagOverride", "feature_overrides", "Features that were set by hand."),
    Table(
        "billing.Settlement",
        "settlements",
        "What periods of usage came to.",
        hidden=_VERSION,
        extra=_PLAN,
    ),
    Table("billing.SettlementCharge", "settlement_charges", "How that was charged."),
    Table("billing.Invoice", "invoices", "Invoices."),
    Table("billing.InvoiceLine", "invoice_lines", "Their lines."),
    Table("billing.MoneyCredit", "money_credits", "Money that was given back."),
    Table("billing.BalanceEntry", "balance_entries", "What moved the balance at Stripe."),
    Table("billing.TopUp", "top_ups", "Orders of credits."),
    Table("billing.AutomaticTopUp", "automatic_top_ups", "When credits are ordered automatically."),
    Table("billing.UsageThreshold", "usage_thresholds", "Levels to know of."),
    Table("billing.SpendCap", "spend_caps", "The most to spend on overage."),
    Table("billing.LimitCrossing", "limit_crossings", "Levels and limits that were reached."),
    Table("billing.Outcome", "outcomes", "Outcomes that were reported."),
    Table(
        "billing.OutcomeDispute",
        "outcome_disputes",
        "Outcomes that were disputed, and what was decided.",
        hidden=("decided_by",),
    ),
    Table(
        "billing.RepricingOffer",
        "repricing_offers",
        "Moves to another plan that it was told of.",
        hidden=(
            "campaign",
            "from_version",
            "to_version",
            "answered_by",
            "is_own_change",
            "obstacle",
            "tried_at",
        ),
        extra=(
            ("reason", "campaign__why"),
            ("answered_by", "answered_by__email"),
            ("from_plan_code", "from_version__plan__code"),
            ("from_plan_version", "from_version__number"),
            ("to_plan_code", "to_version__plan__code"),
            ("to_plan_version", "to_version__number"),
        ),
        only=(("noticed_at__isnull", False),),
    ),
    Table(
        "billing.RepricingNotice",
        "repricing_notices",
        "The notices of them, and to whom they went.",
        only=(("sent_at__isnull", False),),
    ),
    Table(
        "billing.Guarantee",
        "guarantees",
        "Promises that a move costs no more.",
        hidden=("old_version", "new_version"),
        extra=(
            ("old_plan_code", "old_version__plan__code"),
            ("old_plan_version", "old_version__number"),
            ("new_plan_code", "new_version__plan__code"),
            ("new_plan_version", "new_version__number"),
        ),
    ),
    Table(
        "billing.GuaranteeClaim",
        "guarantee_months",
        "Their months, and what came back.",
        hidden=("newest_settlement",),
    ),
    Table(
        "billing.RateNotice",
        "rate_notices",
        "Changes of what actions take that it was told of.",
        extra=(
            ("action", "change__rate__action__code"),
            ("credits_before", "change__credits_before"),
            ("credits", "change__credits"),
            ("effective_at", "change__effective_at"),
        ),
    ),
    Table("billing.StripeCustomer", "stripe_customers", "What Stripe calls the organization."),
    Table("billing.StripeSubscription", "stripe_subscriptions", "What Stripe collects for."),
    Table(
        "billing.Checkout",
        "checkouts",
        "Visits to payment pages.",
        hidden=("url", *_VERSION),
        extra=_PLAN,
    ),
)

# Read through the page's own query, which leaves out what is not for the organization.
AUDIT_LOG: Final = "accounts.AuditEntry"

LEFT_OUT: Final = {
    "accounts.IdempotencyRecord": "answers kept for a day, so that they can be given again",
    "accounts.MailNotice": "what mails are written from; the mails are there",
    "accounts.OAuthSubject": "what apps call people; it belongs to the person",
    "billing.CustomerCost": "what serving it costs us",
    "billing.DataExport": "the exports themselves",
    "billing.DataExportPart": "the exports themselves",
    "billing.SimulatedCustomer": "what staff tried out; what was offered is there",
    "billing.SimulatedPlan": "what staff tried out; what was offered is there",
    "billing.RevenueSnapshot": "sums of what was agreed; the agreements are there",
    "billing.ManualCredit": "who of our staff asked for what; what was given is there",
    "billing.StripeDifference": "what we look into when Stripe and our books differ",
    "billing.StripeIntent": "how we speak to Stripe; what came of it is there",
    "metering.AccountDay": "sums of the ledger's transfers",
    "metering.CallerUsage": "sums of usage events",
    "metering.DailyUsage": "sums of usage events",
    "metering.HourlyUsage": "sums of usage events",
    "metering.RollupMark": "how far those sums have come",
    "metering.SeenValue": "values of usage events that were counted once",
}
