"""`GET /api/v1/flags`: the values of the feature flags for an organization."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.entitlements import queries
from billing.entitlements.queries import FlagSource

from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, PAGING, described


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A flag and its value for the organization."""

    key: str
    type: Annotated[str, Meta(description="`boolean`, `string`, `number` or `json`.")]
    value: Any
    source: Annotated[FlagSource, Meta(description="Where the value comes from.")]


class FlagPage(msgspec.Struct, frozen=True):
    """Flags, in the order of the catalog."""

    data: list[Flag]
    has_more: bool


class Flags(Resource):
    """All flags, as they stand for an organization."""

    scopes = {"GET": Scope.ENTITLEMENTS_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_flags",
        tag="flags",
        summary="List flags",
        answers={200: FlagPage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """Every flag that the organization's plan or a plan on sale has, or that has a default."""
        found = queries.list_flags(organization=self.organization(), now=self.now)
        page, has_more = page_of(found, request=self.plain_request, key=lambda flag: flag.key)
        return Response(FlagPage([_present(flag) for flag in page], has_more))


class FlagOfKey(Resource):
    """One flag, as it stands for an organization."""

    scopes = {"GET": Scope.ENTITLEMENTS_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_flag",
        tag="flags",
        summary="Get a flag",
        answers={200: Flag},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, key: str) -> Response:
        """The flag's value. An unknown key is 404, so that a typing error shows."""
        found = queries.get_flag(organization=self.organization(), key=key, now=self.now)
        return Response(_present(found))


def _present(flag: queries.Flag) -> Flag:
    return Flag(key=flag.key, type=flag.type, value=flag.value, source=flag.source)
