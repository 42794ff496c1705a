"""Staff pages of the price book: models and what their tokens cost from a date on."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import OperationAdmin, ReadOnlyInline, actor_of
from config.kernel.errors import Invalid

from ..models import LanguageModel, TokenPrice
from ..price_book.costs import MillionPrice
from ..price_book.operations import add_model, check_price_starts_later, set_price, update_model

PRICES: Final[list[Any]] = ["effective_at", "input_price", "output_price", "cached_price"]


class TokenPriceInline(ReadOnlyInline):
    """The history of a model's prices. A new one is set on a page of its own."""

    model = TokenPrice
    fields = PRICES
    readonly_fields = PRICES
    ordering = ["-effective_at"]
    verbose_name_plural = _("prices of a million tokens")


@admin.register(LanguageModel)
class LanguageModelAdmin(OperationAdmin):
    list_display = ["code", "name", "provider"]
    list_filter = ["provider"]
    search_fields = ["code", "name", "provider"]
    fields = ["code", "name", "provider"]
    ordering = ["provider", "code"]
    inlines = [TokenPriceInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["code"]

    def save_model(self, request: HttpRequest, obj: LanguageModel, form: Any, change: bool) -> None:
        texts = {"name": obj.name, "provider": obj.provider}
        actor, now = actor_of(request), timezone.now()
        if change:
            update_model(model=obj, **texts, actor=actor, now=now)
        else:
            obj.pk = add_model(code=obj.code, **texts, actor=actor, now=now).pk


class TokenPriceForm(forms.ModelForm[TokenPrice]):
    class Meta:
        model = TokenPrice
        fields = ["model", *PRICES]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "model" in values and "effective_at" in values:
            try:
                check_price_starts_later(
                    model=values["model"],
                    effective_at=values["effective_at"],
                    now=timezone.now(),
                )
            except Invalid as refusal:
                raise ValidationError({"effective_at": refusal.detail}) from refusal
        return values


@admin.register(TokenPrice)
class TokenPriceAdmin(OperationAdmin):
    form = TokenPriceForm
    list_display = ["model", *PRICES]
    list_filter = ["model"]
    list_select_related = ["model"]
    date_hierarchy = "effective_at"
    ordering = ["model__code", "-effective_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: TokenPrice, form: Any, change: bool) -> None:
        stored = set_price(
            model=obj.model,
            effective_at=obj.effective_at,
            price=MillionPrice(obj.input_price, obj.output_price, obj.cached_price),
            actor=actor_of(request),
            now=timezone.now(),
        )
        obj.pk = stored.pk
