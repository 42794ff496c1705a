"""Codes stored in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GrantCategory(models.TextChoices):
    """Why credits were given."""

    ALLOWANCE = "allowance", _("Allowance")
    ROLLOVER = "rollover", _("Rollover")
    PROMOTION = "promotion", _("Promotion")
    PURCHASE = "purchase", _("Purchase")
    GUARANTEE = "guarantee", _("Guarantee")
    ADJUSTMENT = "adjustment", _("Adjustment")


class Aggregation(models.TextChoices):
    """How the reports of a period make its value."""

    SUM = "sum", _("Sum of what was reported")
    COUNT = "count", _("Number of reports")
    MAX = "max", _("Highest report")
    LATEST = "latest", _("Latest report")
    UNIQUE = "unique", _("Number of different values of a property")


class MeterSource(models.TextChoices):
    """Who reports the usage of a meter."""

    REPORTS = "reports", _("Apps report it")
    MEMBERSHIPS = "memberships", _("The members of the organization are counted")


class HoldOutcome(models.TextChoices):
    """How a hold ended."""

    SETTLED = "settled", _("Settled")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", pgettext_lazy("credits", "Expired")


class AccountKind(models.TextChoices):
    """What an amount in a ledger account means."""

    ISSUED = "issued", _("Issued")
    GRANT = "grant", _("Grant")
    HELD = "held", _("Held")
    CONSUMED = "consumed", _("Consumed")
    EXPIRED = "expired", pgettext_lazy("credits", "Expired")
    OVERAGE = "overage", _("Overage")


class TransferKind(models.TextChoices):
    """Why an amount moved."""

    ISSUE = "issue", _("Granted")
    CONSUME = "consume", _("Paid by credits")
    OVERAGE = "overage", _("Overage")
    COVER = "cover", _("Overage paid by credits")
    EXPIRE = "expire", pgettext_lazy("credits", "Expired")
    ROLL_OVER = "roll_over", _("Rolled over")
    HOLD = "hold", _("Held")
    RELEASE = "release", _("Returned from a hold")
    REVERSE = "reverse", _("Reversed")


USAGE_KINDS = (TransferKind.CONSUME, TransferKind.OVERAGE, TransferKind.COVER)
# What an agreement grants, and what becomes of it at the end of a period.
OF_AN_AGREEMENT = (GrantCategory.ALLOWANCE, GrantCategory.ROLLOVER)
