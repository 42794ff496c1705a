"""Staff give credits and money by hand, and decide on what others want to give."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.base import Way, actor_of, staff_member
from accounts.models import Organization
from accounts.organizations.localities import currencies
from config.kernel.money import Money, rounded
from config.kernel.number_fields import NumberField, minor_units
from metering.choices import GrantCategory

from ..choices import ManualCreditKind, ManualCreditStatus
from ..manual_credits.limits import COUNTED_TOGETHER
from ..manual_credits.operations import (
    CreditsWish,
    MoneyWish,
    Wish,
    approve,
    decline,
    give_by_hand,
)
from ..manual_credits.queries import count_waiting_for
from ..models import Feature, ManualCredit
from ..usage.grants import GIVEN_BY_HAND
from ..wording import money_words, quantity_words
from .pages import DeedAdmin, Entered, View, now_for


class GivingForm(forms.Form):
    """To whom, why and for how long. `request` lets a form that is sent twice give once."""

    organization = forms.ModelChoiceField(
        queryset=Organization.objects.open().order_by("name", "pk"),
        label=gettext_lazy("Organization"),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Expires on"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("When that day begins, in UTC. Empty: never."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For the audit log."),
    )
    request = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"request": f"staff_{uuid4().hex}"})


class CreditsForm(GivingForm):
    """Credits on a metered feature."""

    feature = forms.ModelChoiceField(
        queryset=Feature.objects.filter(meter__isnull=False).order_by("position", "code"),
        label=gettext_lazy("Feature"),
    )
    amount = NumberField(
        label=gettext_lazy("Credits"),
        min_value=Decimal("0.000001"),
        max_digits=18,
        decimal_places=6,
    )
    category = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[(category.value, category.label) for category in GIVEN_BY_HAND],
    )
    field_order = ("organization", "feature", "amount", "category", "expires_on", "reason")


class MoneyForm(GivingForm):
    """Money that comes off the next invoices."""

    amount = NumberField(label=gettext_lazy("Amount"), min_value=0, max_digits=18)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=lambda: [(code, code) for code in sorted(currencies())],
        help_text=gettext_lazy("The one that the customer pays in."),
    )
    field_order = ("organization", "amount", "currency", "expires_on", "reason")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["reason"].help_text = gettext_lazy("The customer reads it.")
        self.initial["currency"] = settings.REPORTING_CURRENCY

    def clean(self) -> Entered:
        entered: Entered = super().clean() or {}
        if not self.errors:
            minor = minor_units(entered["amount"], currency=entered["currency"])
            if minor is None:
                self.add_error("amount", _("The currency has no such decimals."))
            entered["minor"] = minor
        return entered


class DeclineForm(forms.Form):
    """Why something is not given."""

    note = forms.CharField(label=gettext_lazy("Why not"), max_length=200)


@admin.register(ManualCredit)
class ManualCreditAdmin(DeedAdmin):
    list_display = ["what", "organization", "status", "asked_label", "asked_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["organization", "feature"]
    search_fields = ["public_id__exact", "organization__name", "organization__public_id__exact"]
    search_help_text = gettext_lazy("Id of the credit, or name or id of the organization")
    ordering = ["-asked_at", "-pk"]
    show_full_result_count = False
    change_list_template = "admin/billing/manualcredit/change_list.html"
    fields = (
        "public_id",
        "organization",
        "what",
        "category",
        "expires_at",
        "reason",
        "status",
        "asked_label",
        "asked_at",
        "needs_second_person",
        "decided_by",
        "decided_at",
        "note",
    )
    readonly_fields = fields

    @admin.display(description=gettext_lazy("what"))
    def what(self, credit: ManualCredit) -> str:
        """The amount in words."""
        return amount_words(credit)

    def deeds(self) -> dict[str, View]:
        return {"approve": self.approve, "decline": self.decline}

    def get_urls(self) -> list[URLPattern]:
        money = self.admin_site.admin_view(self.give_money)
        return [path("money/", money, name="billing_manualcredit_money"), *super().get_urls()]

    def ways(self, request: HttpRequest, row: ManualCredit) -> Iterator[Way]:
        is_waiting = row.status == ManualCreditStatus.WAITING
        is_own = row.asked_by_id == staff_member(request).pk
        if is_waiting and not is_own and self.may(request, "decide"):
            yield self.way(gettext_lazy("Approve and give"), "approve", row)
            yield self.way(gettext_lazy("Decline"), "decline", row)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list, and above it what waits for this person."""
        waiting = 0
        if self.may(request, "decide"):
            waiting = count_waiting_for(user_id=staff_member(request).pk)
        said = ngettext(
            "%(count)s credit waits for your decision.",
            "%(count)s credits wait for your decision.",
            waiting,
        ) % {"count": quantity_words(waiting)}
        context = {"waiting": said if waiting else "", "may_give": self.may(request, "add")}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Give credits."""
        return self._give(request, CreditsForm, _credits_wish, title=_("Give credits"))

    def give_money(self, request: HttpRequest) -> HttpResponse:
        """Give money."""
        return self._give(request, MoneyForm, _money_wish, title=_("Give money"))

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give what somebody else asked for."""
        self.require(request, "decide")
        credit: ManualCredit = self.find(request, pk)

        def deed(_entered: Entered) -> HttpResponse:
            approve(
                credit_id=credit.public_id,
                actor=actor_of(request),
                now=now_for(credit.organization_id),
            )
            return self._shown(request, credit, _("It is given."))

        return self.deed_page(
            request,
            forms.Form,
            deed,
            title=_("Approve and give"),
            template="admin/billing/manualcredit/decide.html",
            row=credit,
            explain=lambda: {"what": amount_words(credit)},
        )

    def decline(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse what somebody else asked for."""
        self.require(request, "decide")
        credit: ManualCredit = self.find(request, pk)

        def deed(entered: Entered) -> HttpResponse:
            decline(
                credit_id=credit.public_id,
                note=entered["note"],
                actor=actor_of(request),
                now=now_for(credit.organization_id),
            )
            return self._shown(request, credit, _("It is declined."))

        return self.deed_page(
            request,
            DeclineForm,
            deed,
            title=_("Decline"),
            template="admin/billing/manualcredit/decide.html",
            row=credit,
            explain=lambda: {"what": amount_words(credit)},
        )

    def _give(
        self,
        request: HttpRequest,
        form_class: type[GivingForm],
        wish_of: Callable[[Entered], Wish],
        *,
        title: str,
    ) -> HttpResponse:
        self.require(request, "add")

        def deed(entered: Entered) -> HttpResponse:
            organization = entered["organization"]
            given = give_by_hand(
                organization=organization,
                wish=wish_of(entered),
                actor=actor_of(request),
                now=now_for(organization.pk),
            )
            is_given = given.status == ManualCreditStatus.GIVEN
            said = _("It is given.") if is_given else _("It waits for a second person.")
            return self._shown(request, given, said)

        return self.deed_page(
            request,
            form_class,
            deed,
            title=title,
            template="admin/billing/manualcredit/give.html",
            explain=_limits,
        )

    def _shown(self, request: HttpRequest, credit: ManualCredit, said: str) -> HttpResponse:
        self.message_user(request, said, messages.SUCCESS)
        return self.to_row(credit)


def _credits_wish(entered: Entered) -> CreditsWish:
    return CreditsWish(
        request=entered["request"],
        feature=entered["feature"].code,
        category=GrantCategory(entered["category"]),
        amount=entered["amount"],
        reason=entered["reason"],
        expires_at=_beginning_of(entered["expires_on"]),
    )


def _money_wish(entered: Entered) -> MoneyWish:
    return MoneyWish(
        request=entered["request"],
        amount=Money(entered["minor"], entered["currency"]),
        reason=entered["reason"],
        expires_at=_beginning_of(entered["expires_on"]),
    )


def amount_words(credit: ManualCredit) -> str:
    """$25, or 1,500 AI credits."""
    if credit.kind == ManualCreditKind.MONEY:
        assert credit.amount_minor is not None, credit
        return money_words(Money(credit.amount_minor, credit.currency))
    assert credit.feature is not None, credit
    assert credit.credits is not None, credit
    return f"{quantity_words(credit.credits.normalize())} {credit.feature.name}"


def _limits() -> dict[str, Any]:
    """What the pages say of how much one person gives alone."""
    limit = Decimal(settings.MANUAL_MONEY_LIMIT)
    return {
        "alone_credits": quantity_words(settings.MANUAL_CREDITS_LIMIT),
        "alone_money": money_words(rounded(limit, currency=settings.REPORTING_CURRENCY)),
        "days": COUNTED_TOGETHER.days,
    }


def _beginning_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, UTC)
