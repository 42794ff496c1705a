"""
What Kinde's clients read in answers of ours, at the addresses that both of us have.

Our answers have other members than Kinde's, so both stand in one document.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from django.http import HttpRequest

from accounts.models import Organization
from accounts.properties.queries import Property

from ..parameters import find_parameter
from .answers import Success
from .organizations import describe_in_list
from .properties import describe_property

# What Kinde's clients send for pages. The order is always the same here.
KINDES_PARAMETERS: Final = frozenset({"next_token", "sort"})


def cursor_of(request: HttpRequest) -> str:
    """Return the name of the query parameter that says where the page begins."""
    is_kindes = find_parameter(request, "next_token") is not None
    return "next_token" if is_kindes else "starting_after"


def with_organizations(
    answer: msgspec.Struct, organizations: Sequence[Organization], *, last_seen: str | None
) -> dict[str, Any]:
    """Add Kinde's list of organizations; `last_seen` is where the next page begins, if any."""
    listed = [describe_in_list(organization) for organization in organizations]
    return _both(answer, {"organizations": listed, "next_token": last_seen})


def with_properties(
    answer: msgspec.Struct, properties: Sequence[Property], *, last_seen: str | None
) -> dict[str, Any]:
    """Add Kinde's list of properties; `last_seen` is where the next page begins, if any."""
    listed = [describe_property(found) for found in properties]
    return _both(answer, {"properties": listed, "next_token": last_seen})


def with_success(answer: msgspec.Struct) -> dict[str, Any]:
    """Add that it is done."""
    return _both(answer, {})


def _both(answer: msgspec.Struct, kindes: dict[str, Any]) -> dict[str, Any]:
    return msgspec.structs.asdict(answer) | msgspec.structs.asdict(Success()) | kindes
