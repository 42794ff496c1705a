"""What a visitor wanted when they came to sign up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from billing.catalog.queries import find_offer
from billing.choices import BillingInterval
from billing.pricing_tables.queries import find_shown_table

from ..pricing_forms import SignUpWish

# Plans may be named with how they are billed, as in `pro_monthly`.
_BILLED: Final[dict[str, str]] = {
    "_monthly": BillingInterval.MONTH,
    "_yearly": BillingInterval.YEAR,
    "_annual": BillingInterval.YEAR,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """
    A plan that can be agreed on, how it is billed, and the live table that it was found on; each
    empty where nothing of the kind was asked for, or is to be had.
    """

    plan: str = ""
    interval: str = ""
    table: str = ""
    for_new_organization: bool = False
    asked_for_table: bool = False

    @classmethod
    def read(cls, query: Mapping[str, Any], *, at: datetime) -> Self:
        """Read an address; what is unknown or not sold any more counts as not asked."""
        form = SignUpWish(query)
        form.is_valid()
        asked = form.cleaned_data
        plan, interval = _plan_named(asked.get("plan_interest") or "", at=at)
        key = asked.get("pricing_table_key") or ""
        shown = find_shown_table(key=key, at=at) if key else None
        return cls(
            plan=plan,
            interval=asked.get("interval") or interval,
            table=shown.key if shown is not None else "",
            for_new_organization=bool(asked.get("is_create_org")),
            asked_for_table="pricing_table_key" in query,
        )

    def kept(self) -> dict[str, str]:
        """What is worth remembering until there is an organization."""
        kept = {"plan": self.plan, "interval": self.interval, "table": self.table}
        return {name: value for name, value in kept.items() if value}

    @property
    def is_of_a_table_alone(self) -> bool:
        """Whether a table was asked for, and nothing that could be done before looking at it."""
        return self.asked_for_table and not self.plan and not self.for_new_organization

    @property
    def terms(self) -> dict[str, str]:
        """The plan and how it is billed; empty without a plan."""
        if not self.plan:
            return {}
        return {name: value for name, value in self.kept().items() if name != "table"}


def _plan_named(name: str, *, at: datetime) -> tuple[str, str]:
    """Return the code of a plan that anybody can agree on, and the interval in its name."""
    names = [(name, "")]
    for ending, interval in _BILLED.items():
        if name.endswith(ending):
            names.append((name.removesuffix(ending), interval))
    for code, interval in names:
        offer = find_offer(plan_code=code, at=at) if code else None
        if offer is not None and offer.is_self_serve:
            return offer.code, interval
    return "", ""
