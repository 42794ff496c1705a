"""`POST /api/v1/embed-tokens`: what a page of another product shows instead of an API key."""

import re
from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from accounts.choices import Scope
from accounts.oauth.embed_tokens import Allowed, issue_embed_token

from ...oauth.addresses import embed_audience, issuer
from ..documents import invalid, read
from ..endpoint import json_response
from ..fields import InvalidField
from ..resource import Resource
from ..schema import WITH_BODY, body_of, described
from ..v1.written import NamedOrganization, read_one_of
from ..wire import StrictJSONParser

LONGEST_ORIGIN: Final = 200
MOST_ORIGINS: Final = 10

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(rf"https?://{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")
# Browsers leave out the port that goes without saying.
_NEVER_SENT: Final = re.compile(r"https://.*:443|http://.*:80")


class EmbedTokenOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a page may read, and where the page is."""

    organization: NamedOrganization = None
    allow: Annotated[
        list[str],
        Meta(
            description=(
                "`estimates`: what actions take. `usage`: what was used and is left. `amounts`, "
                "beside these: what overage costs, for people who may see the bill."
            ),
            extra_json_schema={
                "minItems": 1,
                "uniqueItems": True,
                "items": {"type": "string", "enum": [one.value for one in Allowed]},
            },
        ),
    ]
    origins: Annotated[
        list[str] | None,
        Meta(
            description=(
                "The origins whose pages may show the token, as browsers write them; any unless "
                "given."
            ),
            extra_json_schema={"examples": [["https://app.example"]]},
        ),
    ] = None


class EmbedToken(msgspec.Struct, frozen=True):
    """For the pages of one person's visit. It can be seen there, and reads only what it says."""

    token: str
    expires_at: datetime


class EmbedTokens(Resource):
    """Tokens for pages of other products."""

    scopes = {"POST": Scope.BALANCES_READ}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="create_embed_token",
        tag="embed",
        summary="Let a page of your product show costs and usage",
        body=body_of(
            EmbedTokenOrder,
            examples={
                "costs and usage": {
                    "allow": ["estimates", "usage"],
                    "origins": ["https://app.example"],
                }
            },
        ),
        answers={201: EmbedToken},
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Good for 15 minutes, to read with and for nothing else; sooner over if the key that asked
        for it is revoked or the organization closed. Each call gives one of its own, and needs no
        `Idempotency-Key`.
        """
        order = self.written(EmbedTokenOrder)
        allow, origins = _read_allowed(order.allow), _read_origins(order.origins)
        received_at = self.now
        issued = issue_embed_token(
            caller=self.caller,
            organization=self.organization_named(order.organization),
            allow=allow,
            origins=origins,
            issuer=issuer(),
            audience=embed_audience(),
            now=received_at,
        )
        return json_response(EmbedToken(issued.token, issued.expires_at), status=201)


def _read_allowed(written: list[str]) -> list[Allowed]:
    names = [one.value for one in Allowed]
    allowed = [
        Allowed(read_one_of(names, name, what="What is allowed", at=f"/allow/{number}"))
        for number, name in enumerate(written)
    ]
    if not set(allowed) - {Allowed.AMOUNTS}:
        raise invalid("/allow", "missing", "Allow `estimates`, `usage` or both.")
    if len(set(allowed)) != len(allowed):
        raise invalid("/allow", "repeated", "Name each of them once.")
    return allowed


def _read_origins(written: list[str] | None) -> list[str]:
    if written is None:
        return []
    if not 1 <= len(written) <= MOST_ORIGINS:
        detail = f"Name 1 to {MOST_ORIGINS} origins, or leave `origins` out for any."
        raise invalid("/origins", "invalid_origins", detail)
    return [
        read(parse_origin, origin, at=f"/origins/{number}") for number, origin in enumerate(written)
    ]


def parse_origin(value: str) -> str:
    """An origin as browsers write it: `https://app.example`, without a path."""
    is_one = len(value) <= LONGEST_ORIGIN and _ORIGIN.fullmatch(value) is not None
    if not is_one or _NEVER_SENT.fullmatch(value):
        raise InvalidField(
            "invalid_origin",
            "An origin is written as browsers do: https://app.example, in small letters, without "
            "a path, and without the port that goes without saying.",
        )
    return value
