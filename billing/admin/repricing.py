"""Staff move customers to other plans: prepare a campaign, look at what it means, open it."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.base import Way, actor_of
from config.kernel.spreadsheets import csv_lines

from ..choices import CampaignStatus, SimulationStatus
from ..models import RepricingCampaign, Simulation
from ..repricing.offers.operations import close_campaign, open_campaign
from ..repricing.offers.queries import campaign_progress, list_offers_of_campaign
from ..repricing.offers.reaching import list_unreached
from ..repricing.operations import (
    change_campaign,
    create_campaign,
    discard_campaign,
    start_simulation,
)
from ..repricing.queries import (
    CSV_HEADER,
    SimulatedCustomerNotFound,
    get_sheet,
    latest_simulation,
    list_csv_rows,
    list_customers,
    newest_simulation,
)
from ..repricing.summaries import summarize
from .pages import ConfirmForm, DeedAdmin, Entered, View
from .repricing_forms import CampaignForm, entered_details
from .repricing_tables import band_rows, charted_plan, customer_chart, customer_rows, verdict_tabs

CUSTOMERS_ON_A_PAGE: Final = 50
LOOKS_AGAIN_SECONDS: Final = 10
IN_THE_MAKING: Final = frozenset({SimulationStatus.WAITING, SimulationStatus.RUNNING})


@admin.register(RepricingCampaign)
class RepricingCampaignAdmin(DeedAdmin):
    form = CampaignForm
    list_display = ["name", "status", "leaves", "offers", "notice_days", "must_move", "opened_at"]
    list_filter = ["status"]
    search_fields = ["name", "public_id"]
    ordering = ["-pk"]
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[RepricingCampaign]:
        campaigns: QuerySet[RepricingCampaign] = super().get_queryset(request)
        return campaigns.prefetch_related("from_plans", "to_plans")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_settled = obj is not None and obj.status != CampaignStatus.DRAFT
        return not is_settled and super().has_change_permission(request, obj)

    @admin.display(description=gettext_lazy("plans to leave"))
    def leaves(self, campaign: RepricingCampaign) -> str:
        """The plans of the cohort."""
        return ", ".join(plan.name for plan in campaign.from_plans.all())

    @admin.display(description=gettext_lazy("plans to offer"))
    def offers(self, campaign: RepricingCampaign) -> str:
        """The plans that it offers."""
        return ", ".join(plan.name for plan in campaign.to_plans.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["public_id", "status", "opened_at", "closed_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        state = self.get_readonly_fields(request, obj)
        entered = list(CampaignForm.Meta.fields)
        if obj is not None and not self.has_change_permission(request, obj):
            entered.remove("conversions")
        return [*state, *entered]

    def deeds(self) -> dict[str, View]:
        return {
            "simulate": self.simulate_view,
            "results": self.results_view,
            "csv": self.csv_view,
            "customer/<int:customer_id>": self.customer_view,
            "open": self.open_view,
            "close": self.close_view,
            "discard": self.discard_view,
            "offers": self.offers_view,
        }

    def ways(self, request: HttpRequest, row: RepricingCampaign) -> Iterator[Way]:
        state = self._state_of(request, row)
        if state["has_results"]:
            yield self.way(gettext_lazy("What it means"), "results", row)
        if row.opened_at is not None:
            yield self.way(gettext_lazy("How far it has come"), "offers", row)
        if state["may_simulate"]:
            again = gettext_lazy("Simulate again")
            words = again if state["has_results"] else gettext_lazy("Simulate")
            yield self.way(words, "simulate", row)
        if state["may_open"]:
            yield self.way(gettext_lazy("Open"), "open", row)
        if state["may_close"]:
            yield self.way(gettext_lazy("Close the campaign"), "close", row)
        if state["may_simulate"]:
            yield self.way(gettext_lazy("Throw away"), "discard", row)

    def save_model(
        self, request: HttpRequest, obj: RepricingCampaign, form: Any, change: Any
    ) -> None:
        details, actor, now = entered_details(form.cleaned_data), actor_of(request), timezone.now()
        if change:
            change_campaign(campaign=obj, details=details, actor=actor, now=now)
            return
        created = create_campaign(details=details, actor=actor, now=now)
        obj.pk, obj.public_id = created.pk, created.public_id

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """The operation has stored the lists already."""

    def simulate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have the cohort replayed when the button is pressed."""

        def simulate(campaign: RepricingCampaign) -> str:
            simulation = start_simulation(
                campaign=campaign, actor=actor_of(request), now=timezone.now()
            )
            self._tell(
                request,
                ngettext(
                    "%(count)s customer is replayed on every plan.",
                    "%(count)s customers are replayed on every plan.",
                    simulation.total_count,
                )
                % {"count": simulation.total_count},
            )
            return _page_of(campaign, "results")

        return self._confirmed(request, pk, gettext_lazy("Simulate %s"), simulate)

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Prepare the offers, and let customers be told, when the button is pressed."""

        def start(campaign: RepricingCampaign) -> str:
            open_campaign(campaign=campaign, actor=actor_of(request), now=timezone.now())
            self._tell(request, _("The campaign runs: customers are being told."))
            return _page_of(campaign, "offers")

        return self._confirmed(
            request,
            pk,
            gettext_lazy("Open “%s”"),
            start,
            template="admin/billing/repricingcampaign/open.html",
        )

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the campaign when the button is pressed."""

        def end(campaign: RepricingCampaign) -> str:
            close_campaign(campaign=campaign, actor=actor_of(request), now=timezone.now())
            self._tell(request, _("The campaign is closed. What was accepted still happens."))
            return _page_of(campaign, "offers")

        return self._confirmed(
            request,
            pk,
            gettext_lazy("Close “%s”"),
            end,
            template="admin/billing/repricingcampaign/close.html",
        )

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Throw a draft away when the button is pressed."""

        def discard(campaign: RepricingCampaign) -> str:
            discard_campaign(campaign=campaign, actor=actor_of(request), now=timezone.now())
            self._tell(request, _("The draft is gone."))
            return reverse("admin:billing_repricingcampaign_changelist")

        return self._confirmed(request, pk, gettext_lazy("Throw %s away"), discard)

    def results_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the newest simulation came to, or how far it has come."""
        self.require(request, "view")
        campaign = self.find(request, pk)
        newest = newest_simulation(campaign=campaign)
        simulation = latest_simulation(campaign=campaign)
        context: dict[str, Any] = {
            "newest": newest,
            "simulation": simulation,
            "read_at": timezone.now(),
        }
        if simulation is not None:
            context |= self._results(request, campaign, simulation)
        title = _("What “%s” means") % campaign.name
        answer = self._page(request, campaign, "results", title=title, **context)
        if newest is not None and newest.status in IN_THE_MAKING:
            answer["Refresh"] = str(LOOKS_AGAIN_SECONDS)
        return answer

    def customer_view(self, request: HttpRequest, pk: int, customer_id: int) -> HttpResponse:
        """One customer's months on every plan, side by side."""
        self.require(request, "view")
        campaign = self.find(request, pk)
        simulation = _simulation_of(campaign)
        try:
            sheet = get_sheet(simulation=simulation, customer_id=customer_id)
        except SimulatedCustomerNotFound as missing:
            raise Http404 from missing
        return self._page(
            request,
            campaign,
            "customer",
            title=sheet.customer.organization.name,
            sheet=sheet,
            simulation=simulation,
            chart=customer_chart(sheet),
            charted=charted_plan(sheet).name,
        )

    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """One row for each customer and plan."""
        self.require(request, "view")
        campaign = self.find(request, pk)
        rows = list_csv_rows(simulation=_simulation_of(campaign))
        answer = StreamingHttpResponse(
            csv_lines(CSV_HEADER, rows), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{campaign.public_id}.csv"'
        answer["Cache-Control"] = "no-store"
        return answer

    def offers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far a campaign has come, and where each customer stands."""
        self.require(request, "view")
        campaign = self.find(request, pk)
        offers = Paginator(list_offers_of_campaign(campaign=campaign), CUSTOMERS_ON_A_PAGE)
        return self._page(
            request,
            campaign,
            "offers",
            title=_("How far “%s” has come") % campaign.name,
            progress=campaign_progress(campaign=campaign),
            unreached=list_unreached(campaign=campaign),
            page=offers.get_page(request.GET.get("page")),
        )

    def _results(
        self, request: HttpRequest, campaign: RepricingCampaign, simulation: Simulation
    ) -> dict[str, Any]:
        verdict = request.GET.get("verdict", "")
        search = request.GET.get("q", "")[:80]
        summary = summarize(simulation=simulation)
        found = list_customers(simulation=simulation, verdict=verdict, search=search)
        page = Paginator(found, CUSTOMERS_ON_A_PAGE).get_page(request.GET.get("page"))
        return {
            "summary": summary,
            "bands": band_rows(summary),
            "tabs": verdict_tabs(summary, picked=verdict),
            "picked": verdict,
            "search": search,
            "page": page,
            "rows": customer_rows(page.object_list),
        }

    def _state_of(self, request: HttpRequest, campaign: RepricingCampaign) -> dict[str, Any]:
        is_draft = campaign.status == CampaignStatus.DRAFT
        may_change = self.may(request, "change")
        return {
            "may_simulate": may_change and is_draft,
            "may_open": may_change and is_draft and latest_simulation(campaign=campaign),
            "may_close": may_change and campaign.status == CampaignStatus.RUNNING,
            "has_results": newest_simulation(campaign=campaign) is not None,
        }

    def _page(
        self, request: HttpRequest, campaign: RepricingCampaign, name: str, **context: Any
    ) -> HttpResponse:
        template = f"admin/billing/repricingcampaign/{name}.html"
        state = self._state_of(request, campaign)
        return self.page(request, template, row=campaign, **state, **context)

    def _confirmed(
        self,
        request: HttpRequest,
        pk: int,
        title: Any,
        deed: Callable[[RepricingCampaign], str],
        *,
        template: str = "admin/deed.html",
    ) -> HttpResponse:
        """Ask once, and do it. `deed` returns where to go next."""
        self.require(request, "change")
        campaign = self.find(request, pk)

        def explain() -> dict[str, Any]:
            simulation = latest_simulation(campaign=campaign)
            summary = None if simulation is None else summarize(simulation=simulation)
            return {"simulation": simulation, "summary": summary}

        def do(_entered: Entered) -> HttpResponse:
            return HttpResponseRedirect(deed(campaign))

        return self.deed_page(
            request,
            ConfirmForm,
            do,
            title=title % campaign.name,
            row=campaign,
            template=template,
            explain=explain,
        )

    def _tell(self, request: HttpRequest, words: str) -> None:
        self.message_user(request, words, messages.SUCCESS)


def _simulation_of(campaign: RepricingCampaign) -> Simulation:
    simulation = latest_simulation(campaign=campaign)
    if simulation is None:
        raise Http404
    return simulation


def _page_of(campaign: RepricingCampaign, name: str) -> str:
    return reverse(f"admin:billing_repricingcampaign_{name}", args=[campaign.pk])
