"""
The base of every resource that is served through Django REST framework.

A view names the scope it needs and the query parameters it knows; admission, strictness,
headers and problem documents are the same everywhere.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import structlog
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api_keys.queries import CallerKey
from accounts.audit.actor import Actor
from accounts.choices import Scope
from accounts.models import Organization
from accounts.organizations.clock import time_of
from billing.agreements.operations import bring_current
from config.kernel.errors import DomainError

from .admission import admit
from .documents import parse_document, read_body, refuse_body, shape
from .organizations import get_named_organization
from .parameters import NUL, find_parameter, refuse_unknown_parameters
from .problems import (
    MethodNotAllowed,
    RouteNotFound,
    TemporarilyUnavailable,
    problem_response,
    request_id,
)

logger = structlog.get_logger(__name__)

Written = TypeVar("Written")


class Admission(BasePermission):
    """Asks the resource whom it admits; it refuses in its own words."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        assert isinstance(view, Resource), view
        view.admit()
        return True


class Resource(APIView):
    """
    A resource of the API.

    `scopes` names what a caller needs for each method; None leaves it open to everybody. A
    method that is not named does not exist. `parameters` are the query parameters of GET,
    `deletion_parameters` those of DELETE; the other methods are asked in their bodies.
    """

    scopes: ClassVar[Mapping[str, Scope | None]]
    parameters: ClassVar[frozenset[str]] = frozenset()
    deletion_parameters: ClassVar[frozenset[str]] = frozenset()

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    permission_classes = [Admission]

    caller: CallerKey
    now: datetime

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        served = {name.upper() for name in cls.http_method_names if hasattr(cls, name)}
        assert served == set(cls.scopes), f"{cls.__name__} must name a scope for {served}"

    def admit(self) -> None:
        """Check everything that does not depend on what is asked for, or raise a refusal."""
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        if method not in self.scopes:
            raise MethodNotAllowed(allowed=sorted(self.scopes))
        self.now = timezone.now()
        scope = self.scopes[method]
        if scope is not None:
            self.caller, standing = admit(self.plain_request, scope=scope, now=self.now)
            self.headers |= standing.headers()
        refuse_unknown_parameters(self.plain_request, known=self.parameters_of(method))
        if any(NUL in str(named) for named in self.kwargs.values()):
            raise RouteNotFound("There is nothing at this address.")
        if method == "DELETE":
            refuse_body(self.plain_request)

    def parameters_of(self, method: str) -> frozenset[str]:
        """The query parameters that a method knows."""
        known = {"GET": self.parameters, "DELETE": self.deletion_parameters}
        return known.get(method, frozenset())

    @property
    def plain_request(self) -> HttpRequest:
        """The request as the rest of the API knows it."""
        return self.request._request

    @property
    def default_response_headers(self) -> dict[str, str]:
        return super().default_response_headers | {"Cache-Control": "no-store"}

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit log."""
        return Actor.for_key(self.caller, request_id=request_id(self.plain_request))

    def written(self, into: type[Written]) -> Written:
        """
        Return the body, which must be there, as one of our request types.

        Raises `InvalidRequest`, `UnsupportedMediaType` and `BodyTooLarge`.
        """
        return shape(parse_document(read_body(self.plain_request)), into)

    def organization(self) -> Organization:
        """
        Return the organization that the query names, or the caller's own, up to date with the
        clock.

        Raises `OrganizationRequired` and `OrganizationNotFound`.
        """
        return self.organization_named(find_parameter(self.plain_request, "organization"))

    def organization_named(self, reference: str | None) -> Organization:
        """
        Return the organization that a body names, or the caller's own, up to date with the clock.

        From here on `now` is the organization's time. Raises as `organization` does.
        """
        organization = get_named_organization(caller=self.caller, reference=reference)
        self.now = time_of(organization_id=organization.pk, now=self.now)
        bring_current(organization=organization, now=self.now)
        return organization


def answer_exception(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Answer what a view raised with a problem document; None for what nobody foresaw."""
    refusal = refusal_of(exception, view=context["view"])
    if refusal is None:
        return None
    return problem_response(refusal, request=context["request"]._request)


def refusal_of(exception: Exception, *, view: APIView) -> DomainError | None:
    """What a view raised, as a refusal; None for what nobody foresaw."""
    if isinstance(exception, DomainError):
        return exception
    if isinstance(exception, Http404):
        return RouteNotFound("There is nothing at this address.")
    if isinstance(exception, exceptions.MethodNotAllowed):
        return MethodNotAllowed(allowed=view.allowed_methods)
    if isinstance(exception, OperationalError):
        logger.exception("database_did_not_answer", exc_info=exception)
        return TemporarilyUnavailable()
    return None
