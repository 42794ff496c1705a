"""One CloudEvent: from its attributes and data to what the ledger is told."""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from metering.rate_card.queries import list_known_actions
from metering.usage.reports import Mode, UsageReport

from ..documents import invalid, parse_document, read, read_given, shape
from ..fields import LONGEST_TEXT, InvalidField, parse_code, parse_text, parse_timestamp
from .reported_event import ReportedEvent, report_of
from .used import Quantity, Value
from .written import Cost, Properties, Tokens

SPEC_VERSION: Final = "1.0"
LONGEST_ATTRIBUTE: Final = 500
IDENTITY_PREFIX: Final = "ce:"

_URI_REFERENCE: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_JSON_TYPE: Final = re.compile(r"[a-z]+/(?:[a-z0-9.+-]+\+)?json", re.IGNORECASE)
# Some clocks tell nanoseconds; the books know microseconds.
_BELOW_MICROSECONDS: Final = re.compile(r"(?<=\.[0-9]{6})[0-9]{1,3}(?=[Zz+-])")


class EventData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was used: a `quantity` of an action (1 unless given), or the `value` of a feature."""

    quantity: Quantity | None = None
    value: Value | None = None
    member: Annotated[
        str | None,
        Meta(
            description="Your id for the person who used it.",
            extra_json_schema={"maxLength": LONGEST_TEXT},
        ),
    ] = None
    cost: Cost = None
    tokens: Tokens = None
    properties: Properties = None
    mode: Annotated[
        Mode, Meta(description="Whether a value adds to the period's total, or is the total.")
    ] = Mode.DELTA


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """
    A CloudEvent in the JSON format. Extension attributes are allowed, and not looked at.
    """

    specversion: Annotated[str, Meta(extra_json_schema={"const": SPEC_VERSION})]
    id: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_ATTRIBUTE})]
    source: Annotated[
        str,
        Meta(
            description="With `id` the event's identity: the same id of another source is another "
            "event.",
            extra_json_schema={"format": "uri-reference", "maxLength": LONGEST_ATTRIBUTE},
        ),
    ]
    type: Annotated[
        str,
        Meta(
            description="An action, or with a `value` a metered feature; names before it, each "
            "with a dot, are not looked at.",
            examples=["com.example.GENERATE_REPORT", "ai_credits"],
        ),
    ]
    subject: Annotated[
        str | None,
        Meta(description="The organization, as in `organization` elsewhere."),
    ] = None
    time: Annotated[
        str | None,
        Meta(
            description="When it was used; the moment of receipt unless given.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None
    datacontenttype: Annotated[str | None, Meta(description="JSON, which it is unless given.")] = (
        None
    )
    data: EventData | UnsetType | None = UNSET
    data_base64: Annotated[
        str | None, Meta(description="The same in base 64, instead of `data`.")
    ] = None


class _Written(CloudEvent, frozen=True, kw_only=True):
    # The data is read on its own, wherever it comes from.
    data: Any = UNSET


def identity_of(*, source: str, id: str) -> str:
    """
    Return the id of the usage event that a CloudEvent is.

    No source contains a line break, so that no two pairs make the same text.
    """
    return IDENTITY_PREFIX + hashlib.sha256(f"{source}\n{id}".encode()).hexdigest()


def named_actions(items: Iterable[Any]) -> frozenset[str]:
    """Return the actions with a dot in their codes that the types of these events may end in."""
    types = [item.get("type") for item in items if isinstance(item, dict)]
    endings = {
        ending
        for type_ in types
        if isinstance(type_, str) and len(type_) <= LONGEST_ATTRIBUTE
        for ending in _endings(type_)
        if "." in ending and _is_code(ending)
    }
    return list_known_actions(codes=endings) if endings else frozenset()


def read_cloud_event(
    item: Any, *, actions: frozenset[str], at: str = ""
) -> tuple[str | None, UsageReport]:
    """
    Return which organization an event names, if any, and what it reports.

    `actions` are those that `named_actions` found, `at` is the JSON pointer of the item. Raises
    `InvalidRequest`.
    """
    event = shape(item, _Written, at=at)
    if event.specversion != SPEC_VERSION:
        detail = f"The specversion is {SPEC_VERSION}."
        raise invalid(f"{at}/specversion", "unknown_specversion", detail)
    identity = identity_of(
        source=read(_parse_source, event.source, at=f"{at}/source"),
        id=read(_parse_event_id, event.id, at=f"{at}/id"),
    )
    read_given(_parse_time, event.time, at=f"{at}/time")
    data = shape(_data_of(event, at=at), EventData, at=f"{at}/data")
    name = read(lambda type_: _parse_type(type_, actions=actions), event.type, at=f"{at}/type")
    is_feature = data.value is not None
    reported = ReportedEvent(
        id=identity,
        action=None if is_feature else name,
        feature=name if is_feature else None,
        quantity=data.quantity,
        value=data.value,
        organization=event.subject,
        occurred_at=None if event.time is None else _to_microseconds(event.time),
        member=data.member,
        cost=data.cost,
        tokens=data.tokens,
        properties=data.properties,
        mode=data.mode,
    )
    return report_of(reported, at=f"{at}/data")


def is_json(content_type: str) -> bool:
    """Whether a media type, with its parameters, is one of JSON."""
    return _JSON_TYPE.fullmatch(content_type.partition(";")[0].strip()) is not None


def _data_of(event: _Written, *, at: str) -> Any:
    if event.datacontenttype is not None and not is_json(event.datacontenttype):
        detail = "The data of an event is JSON."
        raise invalid(f"{at}/datacontenttype", "unsupported_data", detail)
    if event.data_base64 is None:
        return {} if event.data is UNSET or event.data is None else event.data
    if event.data is not UNSET:
        raise invalid(f"{at}/data_base64", "data_twice", "An event has its data once.")
    try:
        return parse_document(base64.b64decode(event.data_base64, validate=True))
    except ValueError as error:
        detail = "`data_base64` is JSON in base 64."
        raise invalid(f"{at}/data_base64", "invalid_base64", detail) from error


def _parse_source(value: str) -> str:
    if len(value) > LONGEST_ATTRIBUTE or _URI_REFERENCE.fullmatch(value) is None:
        raise InvalidField(
            "invalid_source", f"A source is a URI reference of 1 to {LONGEST_ATTRIBUTE} characters."
        )
    return value


def _parse_event_id(value: str) -> str:
    # An id is compared as it was sent: one that would be stored otherwise is not taken.
    if not value or parse_text(value, longest=LONGEST_ATTRIBUTE) != value:
        raise InvalidField(
            "invalid_id", f"An id is a composed text of 1 to {LONGEST_ATTRIBUTE} characters."
        )
    return value


def _parse_time(value: str) -> str:
    parse_timestamp(_to_microseconds(value))
    return value


def _to_microseconds(value: str) -> str:
    return _BELOW_MICROSECONDS.sub("", value)


def _parse_type(value: str, *, actions: frozenset[str]) -> str:
    """The longest ending of a type that is an action's code; what follows its last dot if none."""
    if len(value) > LONGEST_ATTRIBUTE:
        raise InvalidField("invalid_type", f"A type has at most {LONGEST_ATTRIBUTE} characters.")
    endings = _endings(parse_text(value, longest=LONGEST_ATTRIBUTE))
    known = next((ending for ending in endings if ending in actions), None)
    return parse_code(known or endings[-1])


def _is_code(text: str) -> bool:
    try:
        return bool(parse_code(text))
    except InvalidField:
        return False


def _endings(type_: str) -> list[str]:
    """A type and what it ends in, after each dot, the longest first."""
    parts = type_.split(".")
    return [".".join(parts[start:]) for start in range(len(parts))]
