"""Codes stored in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Whom the plans of a group are for."""

    ORGANIZATIONS = "organizations", _("Organizations")
    INDIVIDUALS = "individuals", _("Individuals")


class Visibility(models.TextChoices):
    """Whether the plans of a group are on sale, or only honoured for those who have them."""

    CURRENT = "current", _("Current: on sale")
    LEGACY = "legacy", _("Legacy: hidden but honoured")


class FeatureKind(models.TextChoices):
    """Whether a feature is counted."""

    METERED = "metered", _("Metered")
    UNMETERED = "unmetered", _("Unmetered")


class ValueType(models.TextChoices):
    """What an unmetered feature's value is."""

    BOOLEAN = "boolean", _("On or off")
    STRING = "string", _("Text")
    NUMBER = "number", _("Number")
    JSON = "json", _("JSON")


class PriceKind(models.TextChoices):
    """What a base price is multiplied by."""

    FIXED = "fixed", _("Fixed")
    PER_SEAT = "per_seat", _("Per seat")


class BillingInterval(models.TextChoices):
    """How often the base price is due."""

    MONTH = "month", _("Monthly")
    YEAR = "year", _("Yearly")


class RolloverBasis(models.TextChoices):
    """What a rollover percentage is taken of."""

    NONE = "none", _("No rollover")
    UNUSED = "unused", _("Percent of what is unused")
    ALLOWANCE = "allowance", _("Percent of the allowance, at most what is unused")


class PricingModel(models.TextChoices):
    """How the overage of a period makes a charge."""

    PER_UNIT = "per_unit", _("Per unit")
    GRADUATED = "graduated", _("Graduated: each tier at its own price")
    VOLUME = "volume", _("Volume: everything at the price of the tier reached")
    PACKAGE = "package", _("Packages")
    PERCENTAGE = "percentage", _("Percentage of the reported value")


class WhenPastDue(models.TextChoices):
    """Whether a feature may still be used while a payment is overdue."""

    ALLOW = "allow", _("Keep allowing")
    REFUSE = "refuse", _("Refuse what asks first")


class SettlementKind(models.TextChoices):
    """What a settlement settles."""

    PERIOD = "period", _("A usage period")
    CORRECTION = "correction", _("A correction of a settled period")


class ThresholdUnit(models.TextChoices):
    """What a usage threshold is measured in."""

    PERCENT = "percent", _("Percent of the allowance")
    CREDITS = "credits", _("Quantity used")
    MONEY = "money", _("Overage charges")


class CapAction(models.TextChoices):
    """What happens at a spend cap."""

    STOP = "stop", _("Refuse usage that asks first")
    NOTIFY = "notify", _("Only tell us")


class TopUpStatus(models.TextChoices):
    """Where a top-up stands. Its credits are granted when it is paid, never before."""

    PENDING = "pending", _("Waiting for payment")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Payment failed")
    CANCELED = "canceled", _("Canceled")


class TopUpTrigger(models.TextChoices):
    """Who ordered a top-up."""

    PERSON = "person", _("A person")
    AUTOMATIC = "automatic", _("Automatic top-up")


class AgreementStatus(models.TextChoices):
    """Where an agreement stands."""

    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Payment overdue")
    CANCELED = "canceled", _("Canceled")


class Collection(models.TextChoices):
    """How the money of an agreement is collected."""

    FREE = "free", _("Nothing to collect")
    NOT_CONNECTED = "not_connected", _("Billing not connected")


LIVE_STATUSES = (AgreementStatus.ACTIVE, AgreementStatus.PAST_DUE)
