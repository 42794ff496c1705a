"""Staff offer plans to single customers, and take offers back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import Way, actor_of
from accounts.admin.widgets import MomentInput, SearchSelect
from accounts.models import Organization
from config.kernel.number_fields import WholeNumberField

from ..choices import BillingInterval, PrivateOfferStatus
from ..legacy.offers import OfferOrder
from ..models import PrivateOffer
from ..models.private_offer import LONGEST_MESSAGE
from ..stripe.journeys.private_offers import offer_privately, withdraw_offer
from .agreement_forms import PlanChoice, published_plans
from .pages import DeedAdmin, Entered, ReasonForm, View, now_for

STANDS_FOR: Final = timedelta(days=30)


class OfferForm(forms.Form):
    """What is offered to whom. What is left empty the customer chooses."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        widget=SearchSelect(PrivateOffer._meta.get_field("organization"), admin.site),
    )
    plan = PlanChoice(
        label=_("Plan"),
        queryset=published_plans(),
        help_text=_(
            "A legacy or private plan, or one that is for new customers. The newest published "
            "version is offered, at its prices."
        ),
    )
    interval = forms.ChoiceField(
        label=_("Billed"),
        choices=[("", _("As the customer likes")), *BillingInterval.choices],
        required=False,
    )
    seats = WholeNumberField(
        label=_("Seats"),
        required=False,
        min_value=1,
        help_text=_("Exactly so many. Empty: as many as the customer likes."),
    )
    expires_at = forms.SplitDateTimeField(label=_("Stands until"), widget=MomentInput)
    message = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The customer reads it beside the plan."),
    )


@admin.register(PrivateOffer)
class PrivateOfferAdmin(DeedAdmin):
    list_display = ["public_id", "organization", "plan", "standing", "offered_at", "expires_at"]
    list_filter = ["status", "plan__group", "plan"]
    list_select_related = ["organization", "plan"]
    search_fields = ["public_id", "organization__name", "organization__public_id"]
    search_help_text = _("Offer id, or name or id of the organization")
    ordering = ["-pk"]
    fields = [
        "public_id",
        "organization",
        "plan",
        "interval",
        "seats",
        "message",
        "standing",
        "offered_at",
        "expires_at",
        "agreement",
        "ended_at",
    ]
    readonly_fields = ["standing"]
    show_facets = admin.ShowFacets.ALWAYS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PrivateOffer]:
        offers: QuerySet[PrivateOffer] = super().get_queryset(request)
        return offers.select_related("organization", "plan")

    @admin.display(description=_("status"), ordering="status")
    def standing(self, offer: PrivateOffer) -> str:
        """Where the offer stands; one that nobody can take any more has expired."""
        is_open = offer.status == PrivateOfferStatus.OPEN
        if is_open and offer.expires_at <= now_for(offer.organization_id):
            return str(_("Expired"))
        return str(PrivateOfferStatus(offer.status).label)

    def deeds(self) -> dict[str, View]:
        return {"withdraw": self.withdraw_view}

    def ways(self, request: HttpRequest, row: PrivateOffer) -> Iterator[Way]:
        if row.status == PrivateOfferStatus.OPEN and self.may(request, "change"):
            yield self.way(_("Withdraw"), "withdraw", row)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer a plan; who comes from a customer's page has the customer filled in."""
        self.require(request, "add")

        def form_of(posted: QueryDict | None) -> forms.Form:
            known = {name: request.GET.get(name, "") for name in ("organization", "plan")}
            digits = {name: value for name, value in known.items() if value.isdecimal()}
            until = timezone.now().replace(hour=23, minute=59, second=0, microsecond=0)
            return OfferForm(posted, initial={**digits, "expires_at": until + STANDS_FOR})

        def offer(entered: Entered) -> HttpResponse:
            made = offer_privately(
                organization=entered["organization"],
                order=OfferOrder(
                    plan_code=entered["plan"].code,
                    expires_at=entered["expires_at"],
                    interval=entered["interval"],
                    seats=entered["seats"],
                    message=entered["message"],
                ),
                actor=actor_of(request),
                now=now_for(entered["organization"].pk),
            )
            said = _("%(organization)s now sees %(plan)s on its plan page.")
            named = {"organization": made.organization.name, "plan": made.plan.name}
            self.message_user(request, said % named, messages.SUCCESS)
            return self.to_row(made)

        return self.deed_page(request, form_of, offer, title=_("Offer a plan to one customer"))

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take an offer back."""
        self.require(request, "change")
        found = self.find(request, pk)
        if found.status != PrivateOfferStatus.OPEN:
            return self.to_row(found)

        def withdraw(entered: Entered) -> HttpResponse:
            withdraw_offer(
                offer=found,
                actor=actor_of(request),
                reason=entered["reason"],
                now=now_for(found.organization_id),
            )
            self.message_user(request, _("The offer is withdrawn."), messages.SUCCESS)
            return self.to_row(found)

        title = _("Withdraw the offer to %s") % found.organization.name
        return self.deed_page(request, ReasonForm, withdraw, title=title, row=found)
