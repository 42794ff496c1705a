"""What we know of objects at Stripe that stand for ours."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import BillingInterval, CheckoutKind, CheckoutStatus, PublicationStatus
from .agreement import Agreement
from .feature import Feature
from .plan import Plan, PlanVersion
from .plan_terms import Price
from .top_up import TopUp


class StripeCustomer(CreatedModel):
    """
    An organization's customer at Stripe. `test_clock_id` names the test clock whose time it
    lives in, if any. The card is what people recognize: brand and last four digits.
    """

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="+")
    stripe_id = models.CharField(max_length=255, unique=True)
    test_clock_id = models.CharField(max_length=255, blank=True, db_index=True)
    has_payment_method = models.BooleanField(default=False)
    card_brand = models.CharField(max_length=40, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_expires = models.CharField(max_length=7, blank=True, help_text=_("Such as 2030-04."))
    synced_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.stripe_id

    @property
    def card_words(self) -> str:
        """What people know their card by; empty without one."""
        if not self.card_last4:
            return ""
        return f"{self.card_brand.replace('_', ' ').title()} •••• {self.card_last4}"


class StripeSubscription(CreatedModel):
    """
    The subscription that collects for an agreement, as Stripe last told us.

    There is none while the first payment is not made: the agreement begins with it. `revision`
    counts how often we were told, so that what was asked for earlier is not believed later.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agreement = models.OneToOneField(
        Agreement, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stripe_id = models.CharField(max_length=255, unique=True)
    status = models.CharField(_("status"), max_length=32)
    schedule_id = models.CharField(max_length=255, blank=True)
    latest_invoice_id = models.CharField(max_length=255, blank=True)
    period_starts_at = models.DateTimeField(null=True)
    period_ends_at = models.DateTimeField(null=True)
    cancel_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0, db_default=0)
    synced_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.stripe_id} {self.status}"


class Publication(CreatedModel):
    """Whether Stripe knows a plan version; `detail` says what failed or was edited there."""

    plan_version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("at Stripe"),
        max_length=16,
        choices=PublicationStatus.choices,
        default=PublicationStatus.WAITING,
    )
    detail = models.TextField(_("detail"), blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)

    objects = models.Manager["Publication"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PublicationStatus.values), name="publication_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"


class StripeProduct(CreatedModel):
    """The product that stands for a plan, as we last left it there."""

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="+")
    stripe_id = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=250)
    description = models.CharField(max_length=250, blank=True, db_default="")
    is_active = models.BooleanField(db_default=True)

    objects = models.Manager["StripeProduct"]()

    def __str__(self) -> str:
        return self.stripe_id


class StripePrice(CreatedModel):
    """
    The price that stands for a base price of a plan version, or for the overage of one of its
    features where it is reported to a Billing Meter. Prices never change; the one that is on
    sale carries the lookup key.
    """

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    price = models.OneToOneField(Price, on_delete=models.PROTECT, null=True, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=8, choices=BillingInterval.choices)
    stripe_id = models.CharField(max_length=255, unique=True)
    lookup_key = models.CharField(max_length=200, blank=True)
    is_on_sale = models.BooleanField(default=True)

    objects = models.Manager["StripePrice"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(price__isnull=False, feature=None)
                | Q(price=None, feature__isnull=False),
                name="stripe_price_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["plan_version", "feature", "currency", "interval"],
                condition=Q(feature__isnull=False),
                name="stripe_price_of_feature_once",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id


class StripeMeter(CreatedModel):
    """The Billing Meter that counts the overage of a feature."""

    feature = models.OneToOneField(Feature, on_delete=models.PROTECT, related_name="+")
    stripe_id = models.CharField(max_length=255, unique=True)
    event_name = models.CharField(max_length=100, unique=True)

    objects = models.Manager["StripeMeter"]()

    def __str__(self) -> str:
        return self.event_name


class Checkout(PublicIdModel):
    """
    A visit to Stripe's payment page, and what is agreed, ordered or stored when it completes.
    """

    id_prefix = "chk"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("for"), max_length=16, choices=CheckoutKind.choices)
    status = models.CharField(
        _("status"), max_length=16, choices=CheckoutStatus.choices, default=CheckoutStatus.OPENING
    )
    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    interval = models.CharField(max_length=8, choices=BillingInterval.choices, blank=True)
    seats = models.PositiveIntegerField(null=True)
    top_up = models.ForeignKey(TopUp, on_delete=models.PROTECT, null=True, related_name="+")
    stripe_id = models.CharField(max_length=255, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_id"], condition=~Q(stripe_id=""), name="checkout_session_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=CheckoutKind.AGREEMENT,
                    plan_version__isnull=False,
                    seats__gte=1,
                    top_up=None,
                )
                & ~Q(interval="")
                | Q(kind=CheckoutKind.TOP_UP, top_up__isnull=False, plan_version=None, seats=None)
                | Q(kind=CheckoutKind.CARD, top_up=None, plan_version=None, seats=None),
                name="checkout_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CheckoutStatus.values), name="checkout_status_known"
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="checkout_newest")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"
