"""Staff make, change and end agreements. Nothing else about them is changed by hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyInline, actor_of
from accounts.models import Organization

from ..agreements.changes import change_plan_by_staff
from ..agreements.operations import cancel_agreement, create_agreement_by_staff
from ..agreements.payments import mark_paid, mark_past_due
from ..agreements.queries import describe_agreement
from ..choices import AgreementStatus, BillingInterval
from ..models import Agreement, Plan, PlanChange
from ..wording import money_words
from .pages import DeedAdmin, Entered, ReasonForm

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class PlanChoice(forms.ModelChoiceField[Plan]):
    """Any published plan, with its group, so that a legacy plan is not sold by accident."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.group.name})"


def _published_plans() -> QuerySet[Plan]:
    return (
        Plan.objects.filter(versions__published_at__isnull=False)
        .select_related("group")
        .order_by("group__visibility", "group__code", "position", "code")
        .distinct()
    )


class AgreementForm(forms.Form):
    """What is agreed. Whatever is left empty takes its default."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        widget=AutocompleteSelect(Agreement._meta.get_field("organization"), admin.site),
    )
    plan = PlanChoice(
        label=_("Plan"),
        queryset=_published_plans(),
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


class ChangePlanForm(ReasonForm):
    """Where an agreement moves to, at once."""

    plan = PlanChoice(
        label=_("Plan"),
        queryset=_published_plans(),
        help_text=_(
            "Also legacy and private plans, up or down. The newest published version applies from "
            "now on; the interval and the currency stay."
        ),
    )
    field_order = ["plan", "reason"]


class PlanChangeInline(ReadOnlyInline):
    """The moves of an agreement from one plan version to another."""

    model = PlanChange
    verbose_name_plural = _("plan changes")
    fields = ["effective_at", "from_version", "to_version"]
    ordering = ["-effective_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanChange]:
        changes: QuerySet[PlanChange] = super().get_queryset(request)
        return changes.select_related("from_version__plan", "to_version__plan")


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
    inlines = [PlanChangeInline]
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
        deeds = {
            "change-plan": self.change_plan_view,
            "cancel": self.cancel_view,
            "past-due": self.past_due_view,
            "paid": self.paid_view,
        }
        pages = [
            path(
                f"<int:agreement_id>/{deed}/",
                self.admin_site.admin_view(view),
                name=f"billing_agreement_{deed.replace('-', '_')}",
            )
            for deed, view in deeds.items()
        ]
        return [*pages, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_change": self.may(request, "change")}
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

    def change_plan_view(self, request: HttpRequest, agreement_id: int) -> HttpResponse:
        """Move an agreement to another plan now."""

        def change(agreement: Agreement, entered: Entered) -> "StrOrPromise":
            change_plan_by_staff(
                agreement=agreement,
                plan_code=entered["plan"].code,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            return _("The plan is changed.")

        title = _("Change the plan of %s")
        return self._deed_on(request, agreement_id, ChangePlanForm, change, title=title)

    def cancel_view(self, request: HttpRequest, agreement_id: int) -> HttpResponse:
        """End an agreement now."""

        def end(agreement: Agreement, entered: Entered) -> "StrOrPromise":
            cancel_agreement(
                agreement=agreement,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            return _("The agreement has ended.")

        title = _("Cancel the agreement of %s")
        return self._deed_on(request, agreement_id, ReasonForm, end, title=title)

    def past_due_view(self, request: HttpRequest, agreement_id: int) -> HttpResponse:
        """Note that a payment is overdue."""

        def mark(agreement: Agreement, entered: Entered) -> "StrOrPromise":
            mark_past_due(
                agreement=agreement,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            return _("The payment is marked as overdue.")

        title = _("Mark the payment of %s as overdue")
        return self._deed_on(request, agreement_id, ReasonForm, mark, title=title)

    def paid_view(self, request: HttpRequest, agreement_id: int) -> HttpResponse:
        """Note that nothing is overdue any more."""

        def mark(agreement: Agreement, entered: Entered) -> "StrOrPromise":
            mark_paid(
                agreement=agreement,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            return _("Nothing is overdue any more.")

        title = _("Mark the payment of %s as settled")
        return self._deed_on(request, agreement_id, ReasonForm, mark, title=title)

    def _deed_on(
        self,
        request: HttpRequest,
        agreement_id: int,
        form_class: type[forms.Form],
        deed: Callable[[Agreement, Entered], "StrOrPromise"],
        *,
        title: "StrOrPromise",
    ) -> HttpResponse:
        """Do something to an agreement that is live; one that has ended is only shown."""
        self.require(request, "change")
        agreement = self.find(request, agreement_id)
        if agreement.status == AgreementStatus.CANCELED:
            return self._back_to(agreement)

        def do(entered: Entered) -> HttpResponse:
            self.message_user(request, deed(agreement, entered), messages.SUCCESS)
            return self._back_to(agreement)

        return self.deed_page(
            request, form_class, do, title=title % agreement.organization.name, row=agreement
        )

    def _back_to(self, agreement: Agreement) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:billing_agreement_change", args=[agreement.pk]))
