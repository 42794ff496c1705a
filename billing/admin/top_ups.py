"""Staff sell packs, and confirm what is paid for top-ups."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import OperationAdmin, ReadOnlyAdmin, Way, actor_of
from accounts.names import clean_name
from config.kernel.errors import Invalid
from config.kernel.money import Money
from config.kernel.number_fields import minor_units

from ..choices import FeatureKind, TopUpStatus
from ..models import AutomaticTopUp, CreditPack, Feature, TopUp
from ..stripe.journeys.paying import is_being_paid
from ..stripe.journeys.top_ups import take_back
from ..top_ups.operations import (
    PackDetails,
    confirm_top_up,
    create_pack,
    fail_top_up,
    update_pack,
)
from ..wording import money_words, quantity_words
from .pages import DeedAdmin, Entered, ReasonForm, View, now_for

FIXED: Final = ["code", "feature"]
PACK_FIELDS: Final = [
    "code",
    "name",
    "feature",
    "credits",
    "prices",
    "expires_after_months",
    "is_on_sale",
    "position",
]
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")


class PricesField(forms.CharField):
    """One amount in each currency, on one line: USD 49, EUR 45.50."""

    def clean(self, value: Any) -> dict[str, int]:
        """Read the amounts into minor units. Raises `ValidationError`."""
        prices: dict[str, int] = {}
        parts = (part.split() for part in super().clean(value).split(",") if part.strip())
        for part in parts:
            if len(part) != 2 or part[0] in prices:
                raise forms.ValidationError(
                    _("Write one amount for each currency: USD 49, EUR 45.")
                )
            prices[part[0]] = _minor(part[1], currency=part[0])
        return prices


def _minor(text: str, *, currency: str) -> int:
    if _AMOUNT.fullmatch(text) is None:
        raise forms.ValidationError(_("“%s” is not an amount.") % text)
    minor = minor_units(Decimal(text), currency=currency)
    if minor is None:
        raise forms.ValidationError(_("There is no such amount of %s.") % currency)
    return minor


def prices_text(pack: CreditPack) -> str:
    """The prices of a pack as staff write them."""
    prices = sorted(pack.prices.all(), key=lambda price: price.currency)
    return ", ".join(
        f"{price.currency} {Money(price.amount_minor, price.currency).amount:f}" for price in prices
    )


class PackForm(forms.ModelForm[CreditPack]):
    """What a pack is. Orders that were made keep what was agreed."""

    prices = PricesField(
        label=gettext_lazy("Prices"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Of one pack, for each currency: USD 49, EUR 45. Orders keep the price that they "
            "were made at."
        ),
    )

    class Meta:
        model = CreditPack
        fields = [name for name in PACK_FIELDS if name != "prices"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["prices"] = prices_text(self.instance)

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"], what=_("The name"), longest=80)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from refusal

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            try:
                entered_pack(values, pack=self.instance).check()
            except Invalid as refusal:
                self.add_error(None, refusal.detail)
        return values


def entered_pack(values: dict[str, Any], *, pack: CreditPack) -> PackDetails:
    """The pack that was entered; what the form does not ask for stays as it is."""
    return PackDetails(
        **{name: values[name] if name in values else getattr(pack, name) for name in PACK_FIELDS}
    )


@admin.register(CreditPack)
class CreditPackAdmin(OperationAdmin):
    form = PackForm
    list_display = ["name", "code", "feature", "amount", "sold_for", "is_on_sale", "position"]
    list_filter = ["is_on_sale", "feature"]
    list_select_related = ["feature"]
    search_fields = ["code", "name", "public_id"]
    ordering = ["-is_on_sale", "feature", "position", "code"]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditPack]:
        packs: QuerySet[CreditPack] = super().get_queryset(request)
        return packs.prefetch_related("prices")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(PACK_FIELDS) if obj is None else ("public_id", *PACK_FIELDS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["public_id", *FIXED]

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "feature":
            kwargs["queryset"] = Feature.objects.filter(kind=FeatureKind.METERED)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("units"), ordering="credits")
    def amount(self, pack: CreditPack) -> str:
        """How much one pack brings."""
        return quantity_words(pack.credits)

    @admin.display(description=gettext_lazy("prices"))
    def sold_for(self, pack: CreditPack) -> str:
        """What one pack costs, in each currency."""
        return prices_text(pack)

    def save_model(self, request: HttpRequest, obj: CreditPack, form: Any, change: Any) -> None:
        details = entered_pack(form.cleaned_data, pack=obj)
        actor, now = actor_of(request), timezone.now()
        if change:
            update_pack(pack=obj, details=details, actor=actor, now=now)
            return
        created = create_pack(details=details, actor=actor, now=now)
        obj.pk, obj.public_id = created.pk, created.public_id


class PaymentForm(forms.Form):
    """Which payment an order was paid with."""

    payment_reference = forms.CharField(
        label=gettext_lazy("Payment reference"),
        max_length=120,
        help_text=gettext_lazy(
            "The number of the bank transfer or the receipt. The credits are granted at once."
        ),
    )


@admin.register(TopUp)
class TopUpAdmin(DeedAdmin):
    list_display = [
        "public_id",
        "organization",
        "pack",
        "pack_count",
        "units",
        "price",
        "status",
        "trigger",
        "ordered_at",
    ]
    list_filter = ["status", "trigger", "feature"]
    list_select_related = ["organization", "pack"]
    search_fields = [
        "public_id",
        "payment_reference",
        "organization__name",
        "organization__public_id",
    ]
    search_help_text = gettext_lazy(
        "Top-up id, payment reference, or name or id of the organization"
    )
    ordering = ["-pk"]
    fields = [
        "public_id",
        "organization",
        "pack",
        "feature",
        "pack_count",
        "units",
        "price",
        "expires_after_months",
        "trigger",
        "status",
        "payment_reference",
        "ordered_at",
        "ended_at",
    ]
    readonly_fields = ["units", "price"]
    show_facets = admin.ShowFacets.ALWAYS

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("units"), ordering="credits")
    def units(self, top_up: TopUp) -> str:
        """How much is granted once it is paid."""
        return quantity_words(top_up.credits)

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def price(self, top_up: TopUp) -> str:
        """What is to be paid."""
        return money_words(Money(top_up.amount_minor, top_up.currency))

    def deeds(self) -> dict[str, View]:
        return {
            "confirm": self.confirm_view,
            "fail": self.fail_view,
            "cancel": self.cancel_view,
        }

    def ways(self, request: HttpRequest, row: TopUp) -> Iterator[Way]:
        if row.status != TopUpStatus.PENDING or not self.may(request, "change"):
            return
        if not is_being_paid(top_up=row):
            yield self.way(gettext_lazy("Confirm the payment"), "confirm", row)
            yield self.way(gettext_lazy("Payment failed"), "fail", row)
        yield self.way(gettext_lazy("Cancel the order"), "cancel", row)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Book the payment, and grant the credits."""

        def confirm(top_up: TopUp, entered: Entered) -> None:
            _check_not_at_stripe(top_up)
            confirm_top_up(
                top_up=top_up,
                payment_reference=entered["payment_reference"],
                actor=actor_of(request),
                now=now_for(top_up.organization_id),
            )
            self.message_user(request, _("Paid: the credits are granted."), messages.SUCCESS)

        title = _("Confirm the payment of %s")
        return self._end_page(request, pk, PaymentForm, confirm, title=title)

    def fail_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Book that the payment failed."""

        def fail(top_up: TopUp, entered: Entered) -> None:
            _check_not_at_stripe(top_up)
            fail_top_up(
                top_up=top_up,
                reason=entered["reason"],
                actor=actor_of(request),
                now=now_for(top_up.organization_id),
            )
            self.message_user(request, _("The payment is booked as failed."), messages.SUCCESS)

        title = _("Book the payment of %s as failed")
        return self._end_page(request, pk, ReasonForm, fail, title=title)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the order back, so that it cannot be paid any more: at Stripe, too."""

        def cancel(top_up: TopUp, entered: Entered) -> None:
            take_back(
                top_up=top_up,
                reason=entered["reason"],
                actor=actor_of(request),
                now=now_for(top_up.organization_id),
            )
            self.message_user(request, _("The order is canceled."), messages.SUCCESS)

        return self._end_page(request, pk, ReasonForm, cancel, title=_("Cancel %s"))

    def _end_page(
        self,
        request: HttpRequest,
        pk: int,
        form_class: type[forms.Form],
        end: Any,
        *,
        title: str,
    ) -> HttpResponse:
        self.require(request, "change")
        top_up = self.find(request, pk)
        if top_up.status != TopUpStatus.PENDING:
            return self.to_row(top_up)

        def deed(entered: Entered) -> HttpResponse:
            end(top_up, entered)
            return self.to_row(top_up)

        return self.deed_page(request, form_class, deed, title=title % top_up.public_id, row=top_up)


def _check_not_at_stripe(top_up: TopUp) -> None:
    """What is paid at Stripe is confirmed by the payment, and must not be paid twice."""
    if is_being_paid(top_up=top_up):
        raise Invalid(
            _("This order is being paid at Stripe. Cancel it first, then it can be ordered anew.")
        )


@admin.register(AutomaticTopUp)
class AutomaticTopUpAdmin(ReadOnlyAdmin):
    """What customers have set. They change it themselves."""

    list_display = ["organization", "feature", "pack", "threshold", "target", "limit"]
    list_filter = ["feature", "pack"]
    list_select_related = ["organization", "feature", "pack"]
    search_fields = ["organization__name", "organization__public_id"]
    search_help_text = gettext_lazy("Name or id of the organization")
    ordering = ["-pk"]
    fields = ["organization", "feature", "pack", "threshold", "target", "limit"]

    @admin.display(description=gettext_lazy("limit per period"), ordering="limit_minor")
    def limit(self, automatic: AutomaticTopUp) -> str:
        """The most that is ordered in a usage period."""
        return money_words(Money(automatic.limit_minor, automatic.currency))
