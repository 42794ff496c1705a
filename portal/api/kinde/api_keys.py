"""`POST /api/v1/api_keys/verify`: is this a good key, and whose?"""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_keys.queries import CallerKey, authenticate
from accounts.organizations.queries import get_organization_of_key

from ..schema import body_of, described
from ..wire import StrictJSONParser
from .errors import WRITING
from .resource import KindeResource


class KeyToVerify(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key that somebody showed."""

    api_key: str


class VerifiedKey(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of it; nothing of one that is not good, or not the caller's to know."""

    code: str
    message: str
    is_valid: bool
    key_id: str | None = None
    status: str | None = None
    scopes: Annotated[list[str], Meta(description="Our names of what it may do.")]
    org_code: Annotated[str | None, Meta(description="Null for a platform key.")] = None
    user_id: str | None = None


class VerifyApiKey(KindeResource):
    """Whether a key is good."""

    needs = {"POST": "read:api_keys"}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_verify_api_key",
        tag="kinde",
        summary="Verify an API key as at Kinde",
        body=body_of(KeyToVerify, examples={"a key": {"api_key": "tb_live_..."}}),
        answers={200: VerifiedKey},
        refusals=WRITING,
    )
    def post(self, request: Request) -> HttpResponse:
        """
        A platform key may ask of every key, an organization's of those of its organization: any
        other is not valid, whether it exists or not.
        """
        shown = self.written(KeyToVerify)
        key = authenticate(secret=shown.api_key, now=self.now)
        if key is None or not self._may_know(key):
            return Response(
                VerifiedKey(
                    code="API_KEY_NOT_VALID",
                    message="The API key is not valid",
                    is_valid=False,
                    scopes=[],
                )
            )
        return Response(_present(key))

    def _may_know(self, key: CallerKey) -> bool:
        return self.caller.is_platform or key.organization_id == self.caller.organization_id


def _present(key: CallerKey) -> VerifiedKey:
    return VerifiedKey(
        code="API_KEY_VERIFIED",
        message="API key verified",
        is_valid=True,
        key_id=key.public_id,
        status="active",
        scopes=sorted(key.scopes),
        org_code=None if key.is_platform else get_organization_of_key(caller=key).public_id,
    )
