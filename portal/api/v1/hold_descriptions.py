"""How the schema shows the plain views of `portal.api.v1.holds`."""

from typing import Final

from django.http import HttpResponse
from rest_framework.views import APIView

from ..schema import WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .hold_requests import HoldOrder, Release, Settlement
from .hold_results import Hold, SettledHold

REFUSALS: Final = WITH_BODY.and_also(404, 422)


class HoldDescription(APIView):
    """Stands in the schema for `post_hold`."""

    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="create_hold",
        tag="holds",
        summary="Set credits aside",
        body=body_of(
            HoldOrder,
            examples={
                "an action": {"id": "job-17", "action": "GENERATE_REPORT", "member": "u_17"},
                "a feature": {
                    "id": "job-18",
                    "feature": "ai_credits",
                    "value": "120",
                    "expires_in_seconds": 3600,
                },
            },
        ),
        answers={201: Hold, 200: Hold},
        refusals=REFUSALS.and_also(402),
    )
    def post(self) -> HttpResponse:
        """
        Before something happens whose credits must be there. Answers 201 with the hold, 402 if the
        plan does not allow it, and 200 with the same hold, as it stands now, when it is sent again;
        409 if the id belongs to a hold with other content.
        """
        raise NotImplementedError


class SettlementDescription(APIView):
    """Stands in the schema for `post_settlement`."""

    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="settle_hold",
        tag="holds",
        summary="Settle a hold with what was really used",
        body=body_of(
            Settlement, examples={"as held": {"quantity": 1}, "a value": {"value": "87.5"}}
        ),
        answers={200: SettledHold},
        refusals=REFUSALS,
    )
    def post(self) -> HttpResponse:
        """
        Books an event for what was really used and ends the hold. The credits that were set aside
        pay first, even if they have expired meanwhile; what was not needed returns, and more than
        was held is paid like any usage. Sent again with the same content it is a `duplicate`; with
        other content, or for a hold that has ended in another way, 409. An event that cannot be
        booked (422) leaves the hold open.
        """
        raise NotImplementedError


class ReleaseDescription(APIView):
    """Stands in the schema for `post_release`."""

    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="release_hold",
        tag="holds",
        summary="Release a hold",
        body=body_of(Release, examples={"nothing happened": {}}),
        answers={200: Hold},
        refusals=WITH_BODY.and_also(404),
    )
    def post(self) -> HttpResponse:
        """
        Returns everything that was set aside, because nothing was used. Releasing again answers the
        same; 409 for a hold that was settled or has expired.
        """
        raise NotImplementedError
