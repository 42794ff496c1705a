"""Staff write the terms of a draft, see what publishing it would say, and publish it."""

from collections.abc import Iterator
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.base import Way, actor_of, staff_member
from config.kernel.money import Money

from ..catalog.comparison import compare_terms
from ..catalog.operations import discard_draft, edit_draft, price_overage, publish, review_draft
from ..catalog.overage_words import overage_words
from ..catalog.queries import find_newest_version, list_feature_labels
from ..catalog.terms import overage_of, terms_of
from ..models import PlanFeature, PlanVersion, Price
from ..stripe.gateway.configuration import is_connected
from ..stripe.publishing import preview
from ..wording import money_words
from .overage_forms import OverageForm
from .pages import ConfirmForm, DeedAdmin, Entered, View, customer_count
from .publications import publication_status, status_words
from .version_forms import (
    VERSION_FIELDS,
    PlanFeatureForm,
    PriceForm,
    VersionForm,
    entered_terms,
)

Term = TypeVar("Term", bound=Model)


class TermsInline(admin.options.InlineModelAdmin[Term, PlanVersion]):
    """Rows that can be written while the version is a draft, and only be read afterwards."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


def is_draft(version: PlanVersion | None) -> bool:
    """Whether the terms can still be written."""
    return version is not None and version.published_at is None


class PriceInline(TermsInline[Price]):
    model = Price
    form = PriceForm
    template = "admin/edit_inline/tabular.html"
    fields = ["currency", "interval", "kind", "amount"]
    ordering = ["currency", "interval", "kind"]

    @admin.display(description=_("amount"))
    def amount(self, price: Price) -> str:
        """The amount of a published price."""
        return money_words(Money(price.unit_amount_minor, price.currency))


class PlanFeatureInline(TermsInline[PlanFeature]):
    model = PlanFeature
    form = PlanFeatureForm
    template = "admin/edit_inline/stacked.html"
    ordering = ["feature__position", "feature__code"]
    readonly_fields = ["overage"]
    fieldsets = [
        (None, {"fields": ["feature", "value"]}),
        (
            _("If it is metered"),
            {
                "fields": [
                    ("allowance", "limit", "when_past_due"),
                    "overage",
                    ("rollover_basis", "rollover_percent", "rollover_rerolls"),
                    ("rollover_cap_percent", "rollover_term_periods"),
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanFeature]:
        rows: QuerySet[PlanFeature] = super().get_queryset(request)
        return rows.select_related("feature__meter", "plan_version").prefetch_related(
            "overage_prices__tiers"
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Read once for all rows: otherwise each of them asks for the features again.
        field.choices = list(field.choices)
        return field

    @admin.display(description=_("overage"))
    def overage(self, plan_feature: PlanFeature) -> str:
        """What overage costs, with the way to the page where it is priced."""
        if not plan_feature.pk:
            return str(_("Save the draft, and price the overage then."))
        if plan_feature.feature.meter is None:
            return "-"
        words = overage_sentences(plan_feature) or str(_("not sold"))
        if not is_draft(plan_feature.plan_version):
            return words
        link = reverse(
            "admin:billing_planversion_overage",
            args=[plan_feature.plan_version_id, plan_feature.feature_id],
        )
        return format_html('{} · <a href="{}">{}</a>', words, link, _("Price the overage"))


class PublishForm(forms.Form):
    """Nothing is asked, but the page says which terms were read on it."""

    reviewed = forms.CharField(required=False, widget=forms.HiddenInput)


@admin.register(PlanVersion)
class PlanVersionAdmin(DeedAdmin):
    form = VersionForm
    list_display = ["version", "state", "published_at", "at_stripe", "customers"]
    list_filter = [("published_at", admin.EmptyFieldListFilter), "plan__group", "plan"]
    list_select_related = ["plan__group"]
    search_fields = ["plan__name", "plan__code", "plan__public_id"]
    ordering = ["plan__code", "-number"]
    inlines = [PriceInline, PlanFeatureInline]
    fields = ["plan", "number", *VERSION_FIELDS, "published_at", "at_stripe"]
    readonly_fields = ["plan", "number", "published_at", "at_stripe"]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanVersion]:
        versions: QuerySet[PlanVersion] = super().get_queryset(request)
        return versions.select_related("plan__group").annotate(
            customers=customer_count("plan_version"),
            publication_status=publication_status("plan_version"),
        )

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, version: Any) -> str:
        """Whether Stripe knows the version."""
        return "-" if is_draft(version) else status_words(version.publication_status)

    @admin.display(description=_("version"), ordering="plan__code")
    def version(self, version: PlanVersion) -> str:
        """Plan and number, such as “Starter v2”."""
        return str(version)

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, version: PlanVersion) -> str:
        """Whether the terms can still be written."""
        return str(_("draft") if is_draft(version) else _("published"))

    @admin.display(description=_("customers"), ordering="customers")
    def customers(self, version: Any) -> int:
        """How many organizations have a live agreement on this version."""
        return int(version.customers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PlanVersion | None = None) -> bool:
        may_change = super().has_change_permission(request, obj)
        return may_change and (obj is None or is_draft(obj))

    def deeds(self) -> dict[str, View]:
        return {
            "publish": self.publish_view,
            "discard": self.discard_view,
            "overage/<int:feature_id>": self.overage_view,
        }

    def ways(self, request: HttpRequest, row: Any) -> Iterator[Way]:
        if is_draft(row) and self.has_change_permission(request, row):
            yield self.way(_("Review and publish"), "publish", row)
            yield self.way(_("Throw away"), "discard", row)
        if row.publication_status and staff_member(request).has_perm("billing.change_plan"):
            yield Way(_("At Stripe"), reverse("admin:billing_plan_stripe", args=[row.plan_id]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """All terms are written together, by `save_related`."""

    def save_related(
        self, request: HttpRequest, form: BaseModelForm[Any], formsets: Any, change: Any
    ) -> None:
        prices, features = map(_entered_rows, formsets)
        edit_draft(
            plan_version=form.instance,
            terms=entered_terms(form.cleaned_data, prices, features),
            actor=actor_of(request),
            now=timezone.now(),
        )

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, *_rest: Any, **_more: Any
    ) -> Any:
        """What changed is in the audit entry; the admin's own log says that something did."""
        return [{"changed": {}}]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what publishing would say; publish when the button is pressed."""
        self.require(request, "change")
        version = self.find(request, pk)
        if not is_draft(version):
            return self.to_row(version)

        def put_on_sale(entered: Entered) -> HttpResponse:
            report = publish(
                plan_version=version,
                actor=actor_of(request),
                now=timezone.now(),
                reviewed=entered["reviewed"],
            )
            self.message_user(request, _published(report.version, len(report.warnings)))
            return self.to_row(version)

        return self.deed_page(
            request,
            PublishForm,
            put_on_sale,
            title=_("Publish %s") % version,
            template="admin/billing/planversion/publish.html",
            row=version,
            explain=lambda: _reviewed(version),
        )

    def overage_view(self, request: HttpRequest, pk: int, feature_id: int) -> HttpResponse:
        """Price what is used of a feature beyond its allowance, in each currency of the draft."""
        self.require(request, "change")
        version = self.find(request, pk)
        if not is_draft(version):
            return self.to_row(version)
        plan_feature = find_plan_feature(version, feature_id)

        def price(entered: Entered) -> HttpResponse:
            price_overage(
                plan_version=version,
                feature=plan_feature.feature,
                overage=entered["overage"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            self.message_user(request, _("The overage was priced."), messages.SUCCESS)
            if "_more" in request.POST:
                return HttpResponseRedirect(request.path)
            return self.to_row(version)

        overage = overage_of(plan_feature)
        sold_in = {price.currency for price in version.prices.all()}
        return self.deed_page(
            request,
            partial(OverageForm, currencies=sorted(sold_in | set(overage)), overage=overage),
            price,
            title=_("Price the overage of %s") % plan_feature.feature.name,
            template="admin/billing/planversion/overage.html",
            row=version,
        )

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Throw a draft away when the button is pressed."""
        self.require(request, "change")
        version = self.find(request, pk)
        if not is_draft(version):
            return self.to_row(version)

        def throw_away(entered: Entered) -> HttpResponse:
            discard_draft(plan_version=version, actor=actor_of(request), now=timezone.now())
            self.message_user(request, _("%s was thrown away.") % version, messages.SUCCESS)
            return HttpResponseRedirect(
                reverse("admin:billing_plan_change", args=[version.plan_id])
            )

        title = _("Throw %s away") % version
        return self.deed_page(request, ConfirmForm, throw_away, title=title, row=version)


def _reviewed(version: PlanVersion) -> dict[str, Any]:
    """What the publish page says about a draft: its terms, what is new in them, what is risky."""
    now = timezone.now()
    review = review_draft(plan_version=version, now=now)
    newest = find_newest_version(plan_code=version.plan.code, at=now)
    on_sale = terms_of(newest) if newest is not None else None
    named = [*review.terms.features, *(on_sale.features if on_sale is not None else ())]
    labels = list_feature_labels(codes={feature.code for feature in named})
    reporting: str = settings.REPORTING_CURRENCY
    return {
        "review": review,
        "on_sale": newest,
        "sections": compare_terms(draft=review.terms, on_sale=on_sale, labels=labels),
        "reporting_currency": reporting,
        "is_judged": reporting in review.terms.currencies,
        "not_judged": [name for name in review.terms.currencies if name != reporting],
        "at_stripe": preview(plan=version.plan, draft=review.terms)
        if is_connected() and not review.objections
        else [],
    }


def find_plan_feature(version: PlanVersion, feature_id: int) -> PlanFeature:
    """Return a metered feature that the version names; any other is a missing page."""
    plan_feature = (
        version.plan_features.filter(feature_id=feature_id, feature__meter__isnull=False)
        .select_related("feature")
        .prefetch_related("overage_prices__tiers")
        .first()
    )
    if plan_feature is None:
        raise Http404
    return plan_feature


def overage_sentences(plan_feature: PlanFeature) -> str:
    """The prices of overage in words, one for each currency."""
    meter = plan_feature.feature.meter
    assert meter is not None, plan_feature
    return "; ".join(
        overage_words(pricing, unit=meter.unit, unit_plural=meter.unit_plural)
        for pricing in overage_of(plan_feature).values()
    )


def _entered_rows(formset: Any) -> list[dict[str, Any]]:
    """The rows of an inline that were filled in and are to stay."""
    return [
        form.cleaned_data
        for form in formset.forms
        if form not in formset.deleted_forms and (form.instance.pk or form.has_changed())
    ]


def _published(version: PlanVersion, warning_count: int) -> str:
    said = str(_("%s is published.") % version)
    if warning_count:
        said += " " + ngettext(
            "One action misses the target margin.",
            "%(count)s times an action misses the target margin.",
            warning_count,
        ) % {"count": warning_count}
    return said
