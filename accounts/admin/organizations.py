"""Staff create and correct organizations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import Invalid

from ..models import Membership, Organization
from ..names import clean_name
from ..organizations import operations
from ..organizations.localities import currencies, time_zones
from .base import actor_of
from .filters import OrganizationState
from .memberships import MembershipInline
from .visits import VisitedOrganizations


class OrganizationForm(forms.ModelForm[Organization]):
    """What staff may say about an organization. The currency and the external id stay for good."""

    class Meta:
        model = Organization
        fields = ["name", "currency", "time_zone", "billing_email", "external_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, codes in (("currency", currencies()), ("time_zone", time_zones())):
            if field in self.fields:
                choices = [(code, code) for code in sorted(codes)]
                self.fields[field] = forms.ChoiceField(
                    label=self.fields[field].label,
                    initial=self.fields[field].initial,
                    choices=choices,
                )

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"], what=gettext("The name"), longest=120)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from refusal

    def clean_external_id(self) -> str | None:
        return self.cleaned_data["external_id"] or None


@admin.register(Organization)
class OrganizationAdmin(VisitedOrganizations):
    form = OrganizationForm
    list_display = [
        "name",
        "public_id",
        "external_id",
        "currency",
        "time_zone",
        "member_count",
        "created_at",
        "closed_at",
    ]
    list_filter = [OrganizationState, "currency"]
    search_fields = ["name", "public_id", "external_id", "billing_email"]
    search_help_text = _("Name, code, external id, billing e-mail, or the address of a member")
    ordering = ["-pk"]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        members = (
            Membership.objects.filter(organization=OuterRef("pk"))
            .order_by()
            .values("organization")
            .annotate(count=Count("pk"))
            .values("count")
        )
        rows: QuerySet[Organization] = super().get_queryset(request)
        return rows.annotate(member_count=Coalesce(Subquery(members), 0))

    @admin.display(description=_("members"), ordering="member_count")
    def member_count(self, organization: Any) -> int:
        """How many people belong to the organization."""
        return int(organization.member_count)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organization], search_term: str
    ) -> tuple[QuerySet[Organization], bool]:
        """Search as usual, and find an organization by the address of one of its people."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if "@" in search_term:
            places = Membership.objects.filter(user__email=search_term.strip().lower())
            found |= queryset.filter(pk__in=places.values("organization"))
        return found, may_repeat

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> tuple[str, ...]:
        entered = ("name", "currency", "time_zone", "billing_email", "external_id")
        return ("public_id", *entered, "created_at", "closed_at") if obj else entered

    def get_readonly_fields(
        self, request: HttpRequest, obj: Organization | None = None
    ) -> list[str]:
        return ["public_id", "currency", "external_id", "created_at", "closed_at"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Organization | None) -> list[Any]:
        return [MembershipInline] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        is_closed = obj is not None and obj.closed_at is not None
        return super().has_change_permission(request, obj) and not is_closed

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: Any) -> None:
        entered = {
            field: form.cleaned_data[field] for field in ("name", "time_zone", "billing_email")
        }
        actor, now = actor_of(request), timezone.now()
        if change:
            operations.update_organization(organization=obj, **entered, actor=actor, now=now)
            return
        created = operations.create_organization(
            **entered,
            currency=form.cleaned_data["currency"],
            external_id=form.cleaned_data["external_id"],
            owner=None,
            actor=actor,
            now=now,
        )
        obj.pk, obj.public_id = created.pk, created.public_id
