"""The mail about a plan that one organization alone is offered: which, for how much, until when."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mails.kinds import Facts, Kind
from accounts.mails.letters import Button, Letter, Occasion, page
from accounts.memberships.queries import count_members
from accounts.models import MailNotice
from accounts.organizations.clock import time_of
from accounts.webhooks.values import amount

from ..agreements.queries import find_live_agreement
from ..catalog.choosing import OfferedPlan, list_offered_plans
from ..choices import BillingInterval
from ..rating.charges import base_charge
from ..wording import quantity_words
from .people import billing_people
from .reasons import why_billing
from .words import price

OFFERED: Final = "private_offer"


def _while_it_stands(notice: MailNotice, now: datetime) -> Facts | None:
    """The facts, with what the plan costs; None once the offer has ended."""
    organization = notice.organization
    assert organization is not None, notice
    at = time_of(organization_id=organization.pk, now=now)
    found = [
        each
        for each in list_offered_plans(organization=organization, at=at)
        if each.offer.public_id == notice.data["id"]
    ]
    if not found:
        return None
    live = find_live_agreement(organization=organization)
    seats = found[0].offer.seats or max(1, count_members(organization=organization))
    if found[0].offer.seats is None and live is not None:
        seats = max(seats, live.seats)
    currency = organization.currency if live is None else live.currency
    prices = _prices(found[0], currency=currency, seats=seats)
    return {**notice.data, "seats": seats, "prices": prices}


def _prices(offered: OfferedPlan, *, currency: str, seats: int) -> list[dict[str, Any]]:
    """What a period costs for so many seats, in each interval that is offered."""
    wanted = [offered.offer.interval] if offered.offer.interval else list(BillingInterval.values)
    found = []
    for interval in wanted:
        base = offered.plan.base_price(currency=currency, interval=interval)
        if base is not None:
            charge = base_charge(price=base, seats=seats)
            found.append({"interval": interval, "price": amount(charge.minor, charge.currency)})
    return found


def _write(occasion: Occasion) -> Letter:
    facts = occasion.data
    named = {
        "organization": occasion.organization,
        "plan": facts["plan_name"],
        "until": occasion.moment("expires_at"),
    }
    lead = _(
        "%(organization)s is offered %(plan)s, which is not on sale for everybody. The offer "
        "stands until %(until)s. If you do nothing, everything stays as it is."
    )
    costs = [price(each["price"], interval=each["interval"]) for each in facts["prices"]]
    rows = [
        (_("Plan"), facts["plan_name"]),
        (_("Seats"), quantity_words(facts["seats"])),
        *((_("Price before tax"), cost) for cost in costs),
        (_("Stands until"), occasion.moment("expires_at")),
    ]
    return Letter(
        subject=_("%(organization)s is offered %(plan)s") % named,
        lead=lead % named,
        rows=tuple(rows),
        button=Button(_("See the offer"), page("/plan/")),
        notes=(facts["message"],) if facts["message"] else (),
        reason=why_billing(occasion),
    )


KINDS: Final = [
    Kind(
        code=OFFERED,
        name=gettext_lazy("Plan offered to one customer"),
        recipients=billing_people,
        load=_while_it_stands,
        write=_write,
        sample={
            "id": "pof_example",
            "status": "open",
            "plan": "team_seats",
            "plan_name": "Team seats",
            "interval": "month",
            "seats": 10,
            "message": "Welcome back: the price that we talked about.",
            "offered_at": "2026-03-10T12:00:00Z",
            "expires_at": "2026-03-24T12:00:00Z",
            "ended_at": None,
            "prices": [{"interval": "month", "price": {"amount_minor": 75_000, "currency": "USD"}}],
        },
    ),
]
