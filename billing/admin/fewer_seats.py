"""Let an agreement have fewer seats: first what that means, then the deed."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.base import actor_of
from accounts.admin.deeds import DeedAdmin, Entered, ReasonForm
from config.kernel.number_fields import WholeNumberField

from ..analytics.contraction import foresee_contraction
from ..models import Agreement
from ..stripe.journeys.staff import lower_seats_by_staff, preview_fewer_seats
from ..wording import money_words, quantity_words
from .agreement_facts import moment, seats_words
from .pages import now_for

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

_TEMPLATE = "admin/billing/agreement/fewer_seats.html"


class FewerSeatsForm(ReasonForm):
    """How many seats there are to be; `seen` is the number whose effect was looked at."""

    seats = WholeNumberField(label=_("Seats from then on"), min_value=1)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["seats", "reason", "seen"]


def fewer_seats_page(pages: DeedAdmin, request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Ask for the seats and the reason, show what that takes away, and then do it."""
    now = now_for(agreement.organization_id)
    title: StrOrPromise = _("Have %s pay for fewer seats") % agreement.organization.name

    def lower(entered: Entered) -> HttpResponse:
        seats = entered["seats"]
        if entered["seen"] == seats:
            made = lower_seats_by_staff(
                agreement=agreement,
                seats=seats,
                actor=actor_of(request),
                reason=entered["reason"],
                now=now,
            )
            said = _("There are fewer seats from %(date)s UTC on.") % {
                "date": moment(made.effective_at)
            }
            pages.message_user(request, said, messages.SUCCESS)
            return pages.to_row(agreement)
        preview = preview_fewer_seats(agreement=agreement, seats=seats, now=now)
        form = FewerSeatsForm(initial={**entered, "seen": seats})
        return pages.page(
            request,
            _TEMPLATE,
            title=title,
            form=form,
            media=pages.media + form.media,
            row=agreement,
            meaning=seats_words(foresee_contraction(agreement=agreement, seats=seats, now=now)),
            is_at_once=preview.is_at_once,
            starts_at=moment(preview.effective_at),
            base=money_words(preview.base),
            confirmed=ngettext(
                "Have %(customer)s pay for %(seats)s seat",
                "Have %(customer)s pay for %(seats)s seats",
                seats,
            )
            % {"customer": agreement.organization.name, "seats": quantity_words(Decimal(seats))},
        )

    return pages.deed_page(
        request, FewerSeatsForm, lower, title=title, template=_TEMPLATE, row=agreement
    )
