"""Fields that several requests have, as the schema describes them."""

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta

from billing.choices import BillingInterval

from ..documents import invalid
from ..fields import COST_PATTERN, LONGEST_REASON, MOST_PROPERTIES, PropertyValue
from ..return_urls import LONGEST_URL

MOST_SEATS: Final = 1_000_000

NamedAction = Annotated[
    str | None, Meta(description="An action of the rate card.", examples=["GENERATE_REPORT"])
]
NamedFeature = Annotated[
    str | None, Meta(description="A metered feature.", examples=["ai_credits"])
]
NamedOrganization = Annotated[
    str | None, Meta(description="Its id or your own id for it. Needed with a platform key.")
]
OccurredAt = Annotated[
    str | None,
    Meta(
        description="When the customer used it; the moment of receipt unless given.",
        extra_json_schema={"format": "date-time"},
    ),
]
Cost = Annotated[
    str | None,
    Meta(
        description="What it cost you, in the reporting currency; else the rate card says.",
        extra_json_schema={"pattern": COST_PATTERN},
    ),
]
Properties = Annotated[
    dict[str, PropertyValue] | None,
    Meta(
        description="Labels of your own: names of 40 and texts of 500 characters, 8 KB in all.",
        extra_json_schema={"maxProperties": MOST_PROPERTIES},
    ),
]
NamedPlan = Annotated[
    str, Meta(description="The code of a published plan.", examples=["professional"])
]
Interval = Annotated[str, Meta(extra_json_schema={"enum": BillingInterval.values})]
Seats = Annotated[int, Meta(ge=1, le=MOST_SEATS)]
ReturnUrl = Annotated[
    str,
    Meta(
        description="An https address, or one of this installation's own pages.",
        extra_json_schema={"format": "uri", "maxLength": LONGEST_URL},
    ),
]
Reason = Annotated[
    str,
    Meta(
        description="For the audit log.",
        extra_json_schema={"minLength": 1, "maxLength": LONGEST_REASON},
    ),
]


def read_interval(written: str, *, at: str) -> str:
    """Return a billing interval. Raises `InvalidRequest`, pointing at it."""
    return read_one_of(BillingInterval.values, written, what="An interval", at=at)


def read_one_of(known: Sequence[str], written: str, *, what: str, at: str) -> str:
    """Return one of a few words. Raises `InvalidRequest`, pointing at it."""
    if written not in known:
        code = f"invalid_{at.rpartition('/')[2]}"
        raise invalid(at, code, f"{what} is one of {', '.join(known)}.")
    return written
