"""Outcomes: what was got done, what it costs, and what is said against it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from billing.models import Outcome
from billing.outcomes.disputes import open_dispute
from billing.outcomes.queries import OutcomeNotFound, get_outcome

from ..standing import agreement_in_force
from .access import Visit, organization_page
from .presenters.outcomes import present_outcome, present_outcomes
from .refusals import refusals_on_form


class OutcomesQuery(forms.Form):
    """After which outcome the address asks for more; anything unreadable counts as none."""

    after = forms.CharField(max_length=40, required=False)


class DisputeForm(forms.Form):
    """Why it was no outcome."""

    reason = forms.CharField(
        label=gettext_lazy("Why it was none"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )


@require_safe
@organization_page(Permission.VIEW_USAGE)
def outcomes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The outcomes, newest first, below how many of each kind there are this period."""
    query = OutcomesQuery(request.GET)
    after = query.cleaned_data["after"] if query.is_valid() else ""
    page = present_outcomes(
        visit,
        agreement=agreement_in_force(request),
        after=_outcome(visit, after) if after else None,
    )
    return render(request, "portal/outcomes.html", {"page": page})


@require_safe
@organization_page(Permission.VIEW_USAGE)
def outcome(request: HttpRequest, visit: Visit, outcome_id: str) -> HttpResponse:
    """Everything about one outcome, and a way to dispute it."""
    return _page(request, visit, _outcome(visit, outcome_id), form=DisputeForm())


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def dispute(request: HttpRequest, visit: Visit, outcome_id: str) -> HttpResponse:
    """Say that it was none."""
    found = _outcome(visit, outcome_id)
    form = DisputeForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            open_dispute(
                outcome=found,
                reason=form.cleaned_data["reason"],
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("We look at it and tell you here what we decide."))
            return redirect("portal:outcome", outcome_id)
    return _page(request, visit, found, form=form)


def _page(request: HttpRequest, visit: Visit, found: Outcome, *, form: DisputeForm) -> HttpResponse:
    page = present_outcome(visit, found)
    return render(request, "portal/outcome.html", {"page": page, "form": form})


def _outcome(visit: Visit, outcome_id: str) -> Outcome:
    try:
        return get_outcome(organization=visit.organization, public_id=outcome_id)
    except OutcomeNotFound as missing:
        raise Http404(missing.detail) from missing
