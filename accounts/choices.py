"""Codes stored in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A person's place in one organization."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    BILLING = "billing", _("Billing")
    DEVELOPER = "developer", _("Developer")
    MEMBER = "member", _("Member")


class Scope(models.TextChoices):
    """What an API key may do."""

    USAGE_WRITE = "usage:write", _("Report usage")
    BALANCES_READ = "balances:read", _("Read balances and usage")
    CREDITS_WRITE = "credits:write", _("Grant credits and take usage back")
    ENTITLEMENTS_READ = "entitlements:read", _("Read entitlements and flags")
    FLAGS_WRITE = "flags:write", _("Override flags")
    AGREEMENTS_READ = "agreements:read", _("Read agreements")
    AGREEMENTS_WRITE = "agreements:write", _("Create agreements")
    BILLING_READ = "billing:read", _("Read invoices, orders and what changes would cost")
    BILLING_WRITE = "billing:write", _("Subscribe, change, end and pay")
    ORGANIZATIONS_READ = "organizations:read", _("Read organizations, members and properties")
    ORGANIZATIONS_WRITE = "organizations:write", _("Create and change organizations and properties")
    OUTCOMES_READ = "outcomes:read", _("Read outcomes")
    OUTCOMES_WRITE = "outcomes:write", _("Report, confirm and reverse outcomes")
    WEBHOOKS_READ = "webhooks:read", _("Read webhook endpoints, events and deliveries")
    WEBHOOKS_WRITE = "webhooks:write", _("Change webhook endpoints and send events again")
    ANALYTICS_READ = "analytics:read", _("Read costs, margins and revenue")


class MailTopic(models.TextChoices):
    """What mails about billing are about."""

    PAYMENTS = "payments", _("Invoices and payments")
    USAGE = "usage", _("Usage")


class WebhookFormat(models.TextChoices):
    """How an endpoint is told."""

    STANDARD = "standard", _("Standard Webhooks (signed JSON)")
    KINDE = "kinde", _("Kinde (a signed token)")


class DisabledReason(models.TextChoices):
    """Why an endpoint is told nothing any more."""

    BY_HAND = "by_hand", _("by hand")
    FAILING = "failing", _("after it failed for three days")
    GONE = "gone", _("after it said that it is gone")


class DeliveryStatus(models.TextChoices):
    """What became of telling one endpoint of one event."""

    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Dropped")


class MailAlert(models.TextChoices):
    """Mails that a person may do without."""

    LEVELS = "levels", _("Levels of usage")
    LIMITS = "limits", _("Used up credits, limits and caps")
    EXPIRY = "expiry", _("Credits that are about to expire")


class MailDrop(models.TextChoices):
    """Why a mail was never sent."""

    NOT_FOR_THEM = "not_for_them", _("no longer meant for them")
    OUTDATED = "outdated", _("no longer true")
    REFUSED = "refused", _("refused by the mail server")
    GIVEN_UP = "given_up", _("did not leave for a week")


class PropertyType(models.TextChoices):
    """What a property of an organization holds."""

    TEXT = "text", _("Text of one line")
    MULTILINE = "multiline", _("Text of several lines")
    BOOLEAN = "boolean", _("Yes or no")
    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", _("Decimal number")
    DATE = "date", _("Date")
