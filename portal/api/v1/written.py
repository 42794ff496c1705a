"""Fields that several requests have, as the schema describes them."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from billing.choices import BillingInterval
from metering.price_book.costs import MOST_TOKENS, TokensUsed

from ..documents import invalid, read
from ..fields import (
    COST_PATTERN,
    LONGEST_REASON,
    MODEL_PATTERN,
    MOST_PROPERTIES,
    PropertyValue,
    parse_model,
)
from ..return_urls import LONGEST_URL

MOST_SEATS: Final = 1_000_000

TokenCount = Annotated[int, Meta(ge=0, le=MOST_TOKENS)]


class TokensReported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The tokens that a call to a model took, each counted once: those of the input that the provider
    had read before are `cached` and not `input`.
    """

    model: Annotated[
        str,
        Meta(
            description="A model of the price book, by its code.",
            examples=["gpt-4o-mini"],
            extra_json_schema={"pattern": MODEL_PATTERN},
        ),
    ]
    input: TokenCount = 0
    output: TokenCount = 0
    cached: TokenCount = 0


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
Tokens = Annotated[
    TokensReported | None,
    Meta(description="The tokens that it took, in place of `cost`: the price book says the rest."),
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
LeavesLegacyPlan = Annotated[
    bool,
    Meta(
        description=(
            "Says that the customer knows: a legacy plan that is left cannot be chosen again. "
            "Without it, leaving one is 409 `leaves_legacy_plan`."
        )
    ),
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


def read_tokens(
    written: TokensReported | None, *, cost: str | None, at: str = ""
) -> TokensUsed | None:
    """Return the tokens of a report; `at` is its JSON pointer. Raises `InvalidRequest`."""
    if written is None:
        return None
    if cost is not None:
        raise invalid(f"{at}/tokens", "cost_and_tokens", "Send `cost` or `tokens`, not both.")
    return TokensUsed(
        model=read(parse_model, written.model, at=f"{at}/tokens/model"),
        input=written.input,
        output=written.output,
        cached=written.cached,
    )


def facts_of(written: TokensReported) -> list[str | int]:
    """What a fingerprint takes of tokens."""
    return [written.model, written.input, written.output, written.cached]


def read_interval(written: str, *, at: str) -> str:
    """Return a billing interval. Raises `InvalidRequest`, pointing at it."""
    return read_one_of(BillingInterval.values, written, what="An interval", at=at)


def read_one_of(known: Sequence[str], written: str, *, what: str, at: str) -> str:
    """Return one of a few words. Raises `InvalidRequest`, pointing at it."""
    if written not in known:
        code = f"invalid_{at.rpartition('/')[2]}"
        raise invalid(at, code, f"{what} is one of {', '.join(known)}.")
    return written
