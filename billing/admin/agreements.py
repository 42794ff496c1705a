"""Staff make and end agreements. Nothing else about them is changed by hand."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import actor_of
from accounts.models import Organization

from ..agreements.operations import cancel_agreement, create_agreement_by_staff
from ..agreements.queries import describe_agreement
from ..choices import AgreementStatus, BillingInterval
from ..models import Agreement, Plan
from ..wording import money_words
from .pages import DeedAdmin, Entered


class PlanChoice(forms.ModelChoiceField[Plan]):
    """Any published plan, with its group, so that a legacy plan is not sold by accident."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.group.name})"


class AgreementForm(forms.Form):
    """What is agreed. Whatever is left empty takes its default."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        widget=AutocompleteSelect(Agreement._meta.get_field("organization"), admin.site),
    )
    plan = PlanChoice(
        label=_("Plan"),
        queryset=Plan.objects.filter(versions__published_at__isnull=False)
        .select_related("group")
        .order_by("group__visibility", "group__code", "position", "code")
        .distinct(),
        help_text=_("Also legacy and private plans. The newest published version is agreed on."),
    )
    interval = forms.ChoiceField(label=_("Billed"), choices=BillingInterval.choices)
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=3,
        help_text=_("Empty means that of the organization."),
    )
    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        help_text=_("Empty means those included, or one for each member where seats are paid for."),
    )
    starts_at = forms.SplitDateTimeField(
        label=_("Starts at"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Empty means now. All periods are counted from this instant."),
    )


class CancelForm(forms.Form):
    """Why an agreement ends."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@admin.register(Agreement)
class AgreementAdmin(DeedAdmin):
    change_form_template = "admin/billing/agreement/change_form.html"
    list_display = [
        "public_id",
        "organization",
        "plan",
        "version",
        "status",
        "collection",
        "interval",
        "seats",
        "current_period_end",
    ]
    list_filter = [
        "status",
        "plan_version__plan__group",
        "plan_version__plan",
        "collection",
        "interval",
    ]
    list_select_related = ["organization", "plan_version__plan"]
    search_fields = ["public_id", "organization__name", "organization__public_id"]
    search_help_text = _("Agreement id, or name or id of the organization")
    ordering = ["-pk"]
    fields = [
        "public_id",
        "organization",
        "plan_version",
        "status",
        "collection",
        "base",
        "interval",
        "seats",
        "anchor_at",
        "current_period_start",
        "current_period_end",
        "ended_at",
    ]
    readonly_fields = ["base"]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        agreements: QuerySet[Agreement] = super().get_queryset(request)
        return agreements.select_related("organization", "plan_version__plan")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("plan"), ordering="plan_version__plan__name")
    def plan(self, agreement: Agreement) -> str:
        """What was sold."""
        return agreement.plan_version.plan.name

    @admin.display(description=_("version"), ordering="plan_version__number")
    def version(self, agreement: Agreement) -> int:
        """Which version of it."""
        return agreement.plan_version.number

    @admin.display(description=_("base price"))
    def base(self, agreement: Agreement) -> str:
        """What each billing period costs before usage."""
        return money_words(describe_agreement(agreement=agreement).base)

    def get_urls(self) -> list[URLPattern]:
        cancel = path(
            "<int:agreement_id>/cancel/",
            self.admin_site.admin_view(self.cancel_view),
            name="billing_agreement_cancel",
        )
        return [cancel, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_cancel": self.may(request, "change")}
        return super().change_view(request, object_id, form_url, context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Make an agreement on any published plan."""
        self.require(request, "add")

        def agree(entered: Entered) -> HttpResponse:
            agreement = create_agreement_by_staff(
                organization=entered["organization"],
                plan_code=entered["plan"].code,
                interval=entered["interval"],
                currency=entered["currency"].upper() or None,
                seats=entered["seats"],
                starts_at=entered["starts_at"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            self.message_user(request, _("The agreement is made."), messages.SUCCESS)
            return self._back_to(agreement)

        return self.deed_page(request, AgreementForm, agree, title=_("Make an agreement"))

    def cancel_view(self, request: HttpRequest, agreement_id: int) -> HttpResponse:
        """End an agreement now."""
        self.require(request, "change")
        agreement = self.find(request, agreement_id)
        if agreement.status == AgreementStatus.CANCELED:
            return self._back_to(agreement)

        def end(entered: Entered) -> HttpResponse:
            cancel_agreement(
                agreement=agreement,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            self.message_user(request, _("The agreement has ended."), messages.SUCCESS)
            return self._back_to(agreement)

        title = _("Cancel the agreement of %s") % agreement.organization.name
        return self.deed_page(request, CancelForm, end, title=title, row=agreement)

    def _back_to(self, agreement: Agreement) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:billing_agreement_change", args=[agreement.pk]))
