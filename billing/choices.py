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


class AgreementStatus(models.TextChoices):
    """Where an agreement stands."""

    ACTIVE = "active", _("Active")
    CANCELED = "canceled", _("Canceled")


class Collection(models.TextChoices):
    """How the money of an agreement is collected."""

    FREE = "free", _("Nothing to collect")
    NOT_CONNECTED = "not_connected", _("Billing not connected")


LIVE_STATUSES = (AgreementStatus.ACTIVE,)
