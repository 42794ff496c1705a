"""Staff say what serving customers costs apart from their usage."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import OperationAdmin, actor_of

from ..analytics.serving_costs import CostDetails, add_cost, change_cost
from ..models import CustomerCost
from ..wording import unit_price_words


@admin.register(CustomerCost)
class CustomerCostAdmin(OperationAdmin):
    fields = ["name", "organization", "basis", "monthly_cost", "first_date", "last_date"]
    list_display = ["name", "who", "basis", "amount", "first_date", "last_date"]
    list_filter = ["basis"]
    list_select_related = ["organization"]
    search_fields = ["name", "organization__name", "organization__public_id"]
    search_help_text = gettext_lazy("Name of the cost, or name or id of the organization")
    autocomplete_fields = ["organization"]
    ordering = ["-first_date", "name"]

    @admin.display(description=gettext_lazy("customers"), ordering="organization__name")
    def who(self, cost: CustomerCost) -> str:
        """Whom it is for."""
        return cost.organization.name if cost.organization else _("everybody with an agreement")

    @admin.display(description=gettext_lazy("cost a month"), ordering="monthly_cost")
    def amount(self, cost: CustomerCost) -> str:
        """How much it is, in the reporting currency."""
        return unit_price_words(cost.monthly_cost, currency=settings.REPORTING_CURRENCY)

    def save_model(self, request: HttpRequest, obj: CustomerCost, form: Any, change: Any) -> None:
        values = dict(form.cleaned_data)
        organization = values.pop("organization")
        details = CostDetails(
            organization_id=None if organization is None else organization.pk, **values
        )
        actor, now = actor_of(request), timezone.now()
        if change:
            change_cost(cost=obj, details=details, actor=actor, now=now)
        else:
            obj.pk = add_cost(details=details, actor=actor, now=now).pk
