"""Staff define plan groups and plans, and start the next version of a plan."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyInline, Way, actor_of
from config.kernel.errors import Invalid

from ..catalog.operations import (
    PlanDetails,
    PlanGroupDetails,
    check_grandfathering,
    create_draft,
    create_plan,
    create_plan_group,
    update_plan,
    update_plan_group,
)
from ..legacy.figures import list_groups_due
from ..models import Plan, PlanGroup, PlanVersion
from ..stripe.gateway.configuration import is_connected
from ..stripe.publishing import repair_plan
from .pages import ConfirmForm, DeedAdmin, Entered, View, customer_count
from .publications import publication_status, status_words, stripe_page

PLAN_FIELDS = [field.name for field in fields(PlanDetails)]
GROUP_FIELDS = [field.name for field in fields(PlanGroupDetails)]


class PlanGroupForm(forms.ModelForm[PlanGroup]):
    # Not the model's own field: a second default is no mistake, it takes the place of the first.
    is_default = forms.BooleanField(label=_("Default group of its audience"), required=False)

    class Meta:
        model = PlanGroup
        fields = [name for name in GROUP_FIELDS if name != "is_default"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_default"] = self.instance.is_default

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.keys() >= set(GROUP_FIELDS):
            details, today = group_details(values), timezone.now().date()
            since = self.instance.legacy_since or today
            try:
                details.check()
                if details.grandfathered_until != self.instance.grandfathered_until:
                    check_grandfathering(details.grandfathered_until, since=since, today=today)
            except Invalid as refusal:
                self.add_error(refusal.extra.get("field"), refusal.detail)
        return values


def group_details(values: dict[str, Any]) -> PlanGroupDetails:
    """The group that was entered."""
    return PlanGroupDetails(**{name: values[name] for name in GROUP_FIELDS})


@admin.register(PlanGroup)
class PlanGroupAdmin(DeedAdmin):
    form = PlanGroupForm
    exclude = ["is_default"]
    readonly_fields = ["legacy_since"]
    list_display = [
        "name",
        "code",
        "visibility",
        "default",
        "for_new_customers_only",
        "legacy_since",
        "grandfathered_until",
        "plan_count",
        "customers",
    ]
    list_filter = ["visibility", "audience"]
    search_fields = ["code", "name"]
    ordering = ["visibility", "code"]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanGroup]:
        groups: QuerySet[PlanGroup] = super().get_queryset(request)
        return groups.annotate(
            plan_count=Count("plans"), customers=customer_count("plan_version__plan__group")
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say above the groups whose customers wait for word of what follows."""
        due = list_groups_due(now=timezone.now())
        return super().changelist_view(request, {**(extra_context or {}), "due": due})

    @admin.display(description=_("default"), boolean=True, ordering="is_default")
    def default(self, group: PlanGroup) -> bool:
        """Whether its plans are the pricing table of its audience."""
        return group.is_default

    @admin.display(description=_("plans"), ordering="plan_count")
    def plan_count(self, group: Any) -> int:
        """How many plans the group has."""
        return int(group.plan_count)

    @admin.display(description=_("customers"), ordering="customers")
    def customers(self, group: Any) -> int:
        """How many organizations have a live agreement on one of the group's plans."""
        return int(group.customers)

    def save_model(self, request: HttpRequest, obj: PlanGroup, form: Any, change: Any) -> None:
        details = group_details(form.cleaned_data)
        actor, now = actor_of(request), timezone.now()
        if change:
            update_plan_group(group=obj, details=details, actor=actor, now=now)
        else:
            obj.pk = create_plan_group(details=details, actor=actor, now=now).pk


class PlanForm(forms.ModelForm[Plan]):
    class Meta:
        model = Plan
        fields = PLAN_FIELDS


class VersionInline(ReadOnlyInline):
    """All versions of a plan, with those who have each of them counted."""

    model = PlanVersion
    fields = ["version", "included_seats", "published_at", "at_stripe", "customers"]
    readonly_fields = ["version", "included_seats", "published_at", "at_stripe", "customers"]
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanVersion]:
        versions: QuerySet[PlanVersion] = super().get_queryset(request)
        return versions.select_related("plan").annotate(
            customers=customer_count("plan_version"),
            publication_status=publication_status("plan_version"),
        )

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, version: Any) -> str:
        """Whether Stripe knows the version."""
        return status_words(version.publication_status) if version.published_at else "-"

    @admin.display(description=_("version"))
    def version(self, version: PlanVersion) -> SafeString:
        """The number, which leads to the version's own page."""
        url = reverse("admin:billing_planversion_change", args=[version.pk])
        return format_html('<a href="{}">{}</a>', url, version.number)

    @admin.display(description=_("customers"))
    def customers(self, version: Any) -> int:
        """How many organizations have a live agreement on this version."""
        return int(version.customers)


@admin.register(Plan)
class PlanAdmin(DeedAdmin):
    form = PlanForm
    list_display = [
        "name",
        "code",
        "group",
        "on_sale",
        "at_stripe",
        "has_draft",
        "customers",
        "is_self_serve",
        "position",
    ]
    list_filter = ["group", "group__visibility", "is_self_serve"]
    list_select_related = ["group"]
    search_fields = ["code", "name", "public_id"]
    ordering = ["group__visibility", "group__code", "position", "code"]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        published = (
            PlanVersion.objects.filter(plan=OuterRef("pk"), published_at__isnull=False)
            .order_by()
            .values("plan")
            .annotate(newest=Max("number"))
            .values("newest")
        )
        plans: QuerySet[Plan] = super().get_queryset(request)
        return plans.annotate(
            published_number=Subquery(published),
            draft_count=Count("versions", filter=Q(versions__published_at=None)),
            publication_status=publication_status("plan_version__plan"),
            customers=customer_count("plan_version__plan"),
        )

    @admin.display(description=_("published"), ordering="published_number")
    def on_sale(self, plan: Any) -> int | None:
        """The number of the newest published version."""
        number: int | None = plan.published_number
        return number

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, plan: Any) -> str:
        """Whether Stripe knows what is on sale."""
        return status_words(plan.publication_status) if plan.published_number else "-"

    @admin.display(description=_("draft"), boolean=True, ordering="draft_count")
    def has_draft(self, plan: Any) -> bool:
        """Whether the next version is being written."""
        return bool(plan.draft_count)

    @admin.display(description=_("customers"), ordering="customers")
    def customers(self, plan: Any) -> int:
        """How many organizations have a live agreement on the plan."""
        return int(plan.customers)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(PLAN_FIELDS) if obj is None else ("public_id", *PLAN_FIELDS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return ["public_id", "code"] if obj.published_number is not None else ["public_id"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [VersionInline]

    def deeds(self) -> dict[str, View]:
        return {"draft": self.draft_view, "stripe": self.stripe_view}

    def ways(self, request: HttpRequest, row: Any) -> Iterator[Way]:
        if self.has_change_permission(request, row):
            if not row.draft_count:
                yield self.way(_("Start the next version"), "draft", row)
            if row.publication_status:
                yield self.way(_("At Stripe"), "stripe", row)

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: Any) -> None:
        entered = {name: form.cleaned_data.get(name, getattr(obj, name)) for name in PLAN_FIELDS}
        details = PlanDetails(**entered)
        actor, now = actor_of(request), timezone.now()
        if change:
            update_plan(plan=obj, details=details, actor=actor, now=now)
            return
        created = create_plan(details=details, actor=actor, now=now)
        obj.pk, obj.public_id = created.pk, created.public_id

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Start the next version, and go to its page."""
        self.require(request, "change")
        plan = self.find(request, pk)

        def start(entered: Entered) -> HttpResponse:
            draft = create_draft(plan=plan, actor=actor_of(request), now=timezone.now())
            said = _("Version %(number)s can now be written; nobody sees it until it is published.")
            self.message_user(request, said % {"number": draft.number}, messages.SUCCESS)
            return HttpResponseRedirect(
                reverse("admin:billing_planversion_change", args=[draft.pk])
            )

        title = _("Start the next version of %s") % plan.name
        return self.deed_page(request, ConfirmForm, start, title=title, row=plan)

    def stripe_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what differs at Stripe; publish and set right when the button is pressed."""
        self.require(request, "change")
        plan = self.find(request, pk)
        if plan.published_number is None or not is_connected():
            return self.to_row(plan)

        def level(entered: Entered) -> HttpResponse:
            if repair_plan(plan=plan, actor=actor_of(request), now=timezone.now()):
                said = _("Stripe has everything of %s as it should be.") % plan.name
                self.message_user(request, said, messages.SUCCESS)
            else:
                self.message_user(request, _("Stripe could not be brought level."), messages.ERROR)
            return HttpResponseRedirect(request.path)

        return self.deed_page(
            request,
            ConfirmForm,
            level,
            title=_("Bring Stripe level with %s") % plan.name,
            template="admin/billing/plan/stripe.html",
            row=plan,
            explain=lambda: stripe_page(plan),
        )
