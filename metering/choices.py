"""Codes stored in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GrantCategory(models.TextChoices):
    """Why credits were given."""

    ALLOWANCE = "allowance", _("Allowance")
    ROLLOVER = "rollover", _("Rollover")
    PROMOTION = "promotion", _("Promotion")
    PURCHASE = "purchase", _("Purchase")
    GUARANTEE = "guarantee", _("Guarantee")
    ADJUSTMENT = "adjustment", _("Adjustment")


class AccountKind(models.TextChoices):
    """What an amount in a ledger account means."""

    ISSUED = "issued", _("Issued")
    GRANT = "grant", _("Grant")
    CONSUMED = "consumed", _("Consumed")
    EXPIRED = "expired", _("Expired")
    OVERAGE = "overage", _("Overage")


class TransferKind(models.TextChoices):
    """Why an amount moved."""

    ISSUE = "issue", _("Granted")
    CONSUME = "consume", _("Paid by credits")
    OVERAGE = "overage", _("Overage")
    EXPIRE = "expire", _("Expired")
