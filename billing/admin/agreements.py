"""Staff make, change and end agreements. Nothing else about them is changed by hand."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyInline, Way, actor_of, staff_member
from config.kernel.errors import Invalid

from ..agreements.operations import create_agreement_by_staff
from ..agreements.payments import mark_paid, mark_past_due
from ..agreements.queries import agreed_price
from ..agreements.waiting import find_waiting_change
from ..choices import AgreementStatus, CancelFeedback, Collection
from ..models import Agreement, PlanChange
from ..stripe.dashboard import customer_address
from ..stripe.journeys.changes import undo_change
from ..stripe.journeys.endings import end_at_period_end, end_now, go_on
from ..stripe.journeys.staff import move_by_staff
from .agreement_facts import AgreementFacts, find_customer
from .agreement_forms import (
    AgreementForm,
    CancelForm,
    ChangePlanForm,
    Charging,
    EndNowForm,
    MoveForm,
    Refund,
    leaving,
)
from .fewer_seats import fewer_seats_page
from .pages import DeedAdmin, Entered, ReasonForm, View, now_for

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


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
class AgreementAdmin(AgreementFacts, DeedAdmin):
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
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "public_id",
                    "organization",
                    "plan_version",
                    "status",
                    "collection",
                    "base",
                    "interval",
                    "seats",
                    "started_at",
                    "anchor_at",
                    "current_period_start",
                    "current_period_end",
                ]
            },
        ),
        (
            _("What comes"),
            {
                "fields": [
                    "trial_ends_at",
                    "waiting_change",
                    "fewer_seats",
                    "cancel_at",
                    "end_reason",
                    "cancel_feedback",
                    "ended_at",
                ]
            },
        ),
        (
            _("At Stripe"),
            {"fields": ["subscription", "customer", "last_invoices", "differences"]},
        ),
    ]
    readonly_fields = [
        "base",
        "waiting_change",
        "fewer_seats",
        "subscription",
        "customer",
        "last_invoices",
        "differences",
    ]
    inlines = [PlanChangeInline]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        agreements: QuerySet[Agreement] = super().get_queryset(request)
        return agreements.select_related("organization", "plan_version__plan__group")

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

    def deeds(self) -> dict[str, View]:
        return {
            "change-plan": self.change_plan_view,
            "fewer-seats": self.fewer_seats_view,
            "undo-change": self.undo_change_view,
            "cancel": self.cancel_view,
            "go-on": self.go_on_view,
            "end-now": self.end_now_view,
            "past-due": self.past_due_view,
            "paid": self.paid_view,
        }

    def ways(self, request: HttpRequest, row: Agreement) -> Iterator[Way]:
        if self.may(request, "change") and row.status != AgreementStatus.CANCELED:
            yield from self._changes(row)
        if staff_member(request).has_perm("billing.add_privateoffer"):
            offer = reverse("admin:billing_privateoffer_add")
            yield Way(_("Offer a plan"), f"{offer}?organization={row.organization_id}")
        customer = find_customer(row)
        address = "" if customer is None else customer_address(customer)
        if address:
            yield Way(_("Open at Stripe"), address, is_elsewhere=True)

    def _changes(self, agreement: Agreement) -> Iterator[Way]:
        yield self.way(_("Change the plan"), "change_plan", agreement)
        if agreement.seats > 1 and agreed_price(agreement).per_seat is not None:
            yield self.way(_("Fewer seats"), "fewer_seats", agreement)
        if find_waiting_change(agreement) is not None:
            yield self.way(_("Undo the change"), "undo_change", agreement)
        if agreement.collection != Collection.STRIPE:
            if agreement.status == AgreementStatus.PAST_DUE:
                yield self.way(_("Mark the payment as settled"), "paid", agreement)
            elif agreement.status == AgreementStatus.ACTIVE:
                yield self.way(_("Mark the payment as overdue"), "past_due", agreement)
        if agreement.cancel_at:
            yield self.way(_("Let it go on"), "go_on", agreement)
        else:
            yield self.way(_("Cancel at the period's end"), "cancel", agreement)
        yield self.way(_("End now"), "end_now", agreement)

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
                now=now_for(entered["organization"].pk),
            )
            self.message_user(request, _("The agreement is made."), messages.SUCCESS)
            return self.to_row(agreement)

        return self.deed_page(request, AgreementForm, agree, title=_("Make an agreement"))

    def change_plan_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move an agreement to another plan now."""

        def change(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            move_by_staff(
                agreement=agreement,
                plan_code=entered["plan"].code,
                charges_now=entered.get("charging") == Charging.NOW,
                leaves_legacy_plan=entered.get("leaves_legacy_plan", False),
                actor=actor_of(request),
                reason=entered["reason"],
                now=now,
            )
            return _("The plan is changed.")

        def form_for(agreement: Agreement) -> type[forms.Form]:
            is_at_stripe = agreement.collection == Collection.STRIPE
            return leaving(MoveForm if is_at_stripe else ChangePlanForm, agreement)

        title = _("Change the plan of %s")
        return self._deed_on(request, pk, form_for, change, title=title)

    def fewer_seats_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let an agreement have fewer seats when the period that is paid for ends."""
        self.require(request, "change")
        agreement = self.find(request, pk)
        if agreement.status == AgreementStatus.CANCELED:
            return self.to_row(agreement)
        return fewer_seats_page(self, request, agreement)

    def undo_change_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the change back that waits for the end of the period."""

        def undo(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            undo_change(
                agreement=agreement, actor=actor_of(request), reason=entered["reason"], now=now
            )
            return _("The agreement stays as it is.")

        title = _("Undo the change of %s")
        return self._deed_on(request, pk, _reason, undo, title=title)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let an agreement end when its period is over."""

        def cancel(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            feedback = entered["feedback"]
            end_at_period_end(
                agreement=agreement,
                feedback=CancelFeedback(feedback) if feedback else None,
                comment=entered["reason"],
                leaves_legacy_plan=entered.get("leaves_legacy_plan", False),
                actor=actor_of(request),
                now=now,
            )
            return _("The agreement ends when its period is over.")

        title = _("End the agreement of %s with its period")
        return self._deed_on(
            request,
            pk,
            lambda agreement: leaving(CancelForm, agreement),
            cancel,
            title=title,
        )

    def go_on_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let an agreement that is going to end go on."""

        def resume(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            go_on(agreement=agreement, actor=actor_of(request), reason=entered["reason"], now=now)
            return _("The agreement goes on.")

        title = _("Let the agreement of %s go on")
        return self._deed_on(request, pk, _reason, resume, title=title)

    def end_now_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End an agreement this moment."""

        def end(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            end_now(
                agreement=agreement,
                refunds_rest=entered.get("refund") == Refund.CREDIT,
                leaves_legacy_plan=entered.get("leaves_legacy_plan", False),
                actor=actor_of(request),
                reason=entered["reason"],
                now=now,
            )
            return _("The agreement has ended.")

        def form_for(agreement: Agreement) -> type[forms.Form]:
            is_at_stripe = agreement.collection == Collection.STRIPE
            return leaving(EndNowForm if is_at_stripe else ReasonForm, agreement)

        title = _("End the agreement of %s now")
        return self._deed_on(request, pk, form_for, end, title=title)

    def past_due_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that a payment is overdue."""

        def mark(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            _check_collected_elsewhere(agreement)
            mark_past_due(
                agreement=agreement, actor=actor_of(request), reason=entered["reason"], now=now
            )
            return _("The payment is marked as overdue.")

        title = _("Mark the payment of %s as overdue")
        return self._deed_on(request, pk, _reason, mark, title=title)

    def paid_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that nothing is overdue any more."""

        def mark(agreement: Agreement, entered: Entered, now: datetime) -> "StrOrPromise":
            _check_collected_elsewhere(agreement)
            mark_paid(
                agreement=agreement, actor=actor_of(request), reason=entered["reason"], now=now
            )
            return _("Nothing is overdue any more.")

        title = _("Mark the payment of %s as settled")
        return self._deed_on(request, pk, _reason, mark, title=title)

    def _deed_on(
        self,
        request: HttpRequest,
        pk: int,
        form_for: Callable[[Agreement], type[forms.Form]],
        deed: Callable[[Agreement, Entered, datetime], "StrOrPromise"],
        *,
        title: "StrOrPromise",
    ) -> HttpResponse:
        """Do something to an agreement that is live; one that has ended is only shown."""
        self.require(request, "change")
        agreement = self.find(request, pk)
        if agreement.status == AgreementStatus.CANCELED:
            return self.to_row(agreement)

        def do(entered: Entered) -> HttpResponse:
            said = deed(agreement, entered, now_for(agreement.organization_id))
            self.message_user(request, said, messages.SUCCESS)
            return self.to_row(agreement)

        return self.deed_page(
            request,
            form_for(agreement),
            do,
            title=title % agreement.organization.name,
            row=agreement,
        )


def _reason(agreement: Agreement) -> type[forms.Form]:
    return ReasonForm


def _check_collected_elsewhere(agreement: Agreement) -> None:
    """Where Stripe collects, it says what is paid: a mark by hand would be gone at once."""
    if agreement.collection == Collection.STRIPE:
        raise Invalid(str(_("Stripe collects for this agreement and says what is paid.")))
