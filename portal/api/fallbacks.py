"""What the API answers when no view does: unknown addresses, broken requests, failures of ours."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from config.kernel.errors import DomainError

from .endpoint import RefusalWriter
from .kinde.addresses import is_kindes_address
from .kinde.errors import write_kinde_errors
from .ofrep.errors import OFREP_PREFIX, write_ofrep_error
from .problems import InvalidRequest, RouteNotFound, ServerFailure, problem_response

API_PREFIX: Final = "/api/"
RESOURCES_PREFIX: Final = "/api/v1/"


def is_api_request(request: HttpRequest) -> bool:
    """Whether the answer must be one that programs read."""
    return request.path_info.startswith((API_PREFIX, OFREP_PREFIX))


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer an address that does not exist."""
    return _refused(request, RouteNotFound("There is nothing at this address."))


def broken_request(request: HttpRequest) -> HttpResponse:
    """Answer a request that was broken before it reached a view."""
    return _refused(request, InvalidRequest("The request cannot be read."))


def server_failure(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed on our side; what happened stands in the logs under its id."""
    return _refused(
        request, ServerFailure("We could not answer this. It has been noted under the request id.")
    )


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return _writer_at(request.path_info)(refusal, request=request)


def _writer_at(path: str) -> RefusalWriter:
    if path.startswith(OFREP_PREFIX):
        return write_ofrep_error
    return write_kinde_errors if is_kindes_address(path) else problem_response
