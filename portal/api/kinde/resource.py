"""The base of what is served in Kinde's dialect: its scopes, its parameters, its refusals."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter

from accounts.api_keys.queries import CallerKey
from accounts.models import Organization
from accounts.oauth.scopes import KINDE_SCOPES
from accounts.organizations.queries import get_organization_of_key
from billing.agreements.errors import AgreementEnded
from billing.agreements.queries import AgreementNotFound, get_agreement
from billing.choices import LIVE_STATUSES
from billing.models import Agreement
from config.kernel.errors import NotFound

from ..admission import MissingScope
from ..endpoint import json_response
from ..fields import InvalidField, parse_id, parse_text
from ..idempotency import answered_once
from ..organizations import OrganizationNotFound
from ..parameters import read_parameter
from ..problems import Refusal
from ..resource import Resource, refusal_of
from .answers import Success
from .errors import write_kinde_errors
from .names import organization_reference

CUSTOMER_ID: Final = OpenApiParameter(
    "customer_id",
    str,
    description="The billing customer: the organization's id with the prefix `customer_`.",
    required=True,
)


class KindeScopeMissing(Refusal):
    """The key is good, but not for this; both names of the scope are told."""

    code = MissingScope.code
    title = MissingScope.title
    status = MissingScope.status

    def __init__(self, needed: str) -> None:
        super().__init__(f"This needs the scope {needed}, which is {KINDE_SCOPES[needed]} here.")


class CustomerNotFound(NotFound):
    """There is no such billing customer, or it is not the caller's."""

    code = "customer_not_found"
    title = "No such billing customer"

    def __init__(self) -> None:
        super().__init__("There is no such billing customer.")


class KindeResource(Resource):
    """
    A resource as Kinde's Management API has it.

    `needs` names for each method the scope that Kinde's documentation asks for; a caller needs
    the one of ours that it stands for. `asked` names the query parameters of each method.
    """

    scopes = {}
    http_method_names = ["get", "post", "put", "patch", "delete"]

    needs: ClassVar[Mapping[str, str]] = {}
    asked: ClassVar[Mapping[str, frozenset[str]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.scopes = {method: KINDE_SCOPES[needed] for method, needed in cls.needs.items()}
        super().__init_subclass__(**kwargs)

    def admit(self) -> None:
        """Check everything that does not depend on what is asked for, or raise a refusal."""
        try:
            super().admit()
        except MissingScope as missing:
            raise KindeScopeMissing(self.needs[str(self.request.method)]) from missing

    def parameters_of(self, method: str) -> frozenset[str]:
        """The query parameters that a method knows; Kinde's PATCH and PUT have some as well."""
        return self.asked.get(method, frozenset())

    def get_exception_handler(self) -> Callable[..., HttpResponse | None]:
        """Answer refusals in Kinde's envelope."""
        return answer_exception

    def customer(self, customer_id: str) -> Organization:
        """
        Return the organization of a billing customer, up to date with the clock.

        Raises `CustomerNotFound`.
        """
        try:
            return self.organization_named(organization_reference(customer_id))
        except OrganizationNotFound as missing:
            raise CustomerNotFound from missing

    def live_agreement_named(self, agreement_id: str) -> Agreement:
        """
        Return an agreement that is in force, up to date with the clock.

        Raises `AgreementNotFound` and `AgreementEnded`.
        """
        found = get_agreement_named(agreement_id, caller=self.caller)
        organization = self.organization_named(found.organization.public_id)
        agreement = get_agreement(organization=organization, public_id=found.public_id)
        if agreement.status not in LIVE_STATUSES:
            raise AgreementEnded("The agreement has ended.")
        return agreement

    def done_once(self, deed: Callable[[], object]) -> HttpResponse:
        """Do it, unless the same request did; what the deed returns is the answer."""
        return answered_once(
            self.plain_request,
            lambda: json_response(deed() or Success()),
            caller=self.caller,
            now=self.now,
            write_refusal=write_kinde_errors,
        )


def get_agreement_named(agreement_id: str, *, caller: CallerKey) -> Agreement:
    """Return an agreement that the caller may know of. Raises `AgreementNotFound`."""
    try:
        public_id = parse_id(agreement_id)
    except InvalidField as error:
        raise AgreementNotFound("There is no such agreement.") from error
    own = None if caller.is_platform else get_organization_of_key(caller=caller)
    return get_agreement(organization=own, public_id=public_id)


def parse_any_name(value: str) -> str:
    """A name that something may have, here or at Kinde."""
    return parse_text(value)


def read_customer_id(request: HttpRequest) -> str:
    """Return the billing customer that the query names. Raises `InvalidRequest`."""
    return read_parameter(parse_any_name, request, "customer_id")


def answer_exception(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Answer what a view raised as Kinde would; None for what nobody foresaw."""
    refusal = refusal_of(exception, view=context["view"])
    if refusal is None:
        return None
    request: HttpRequest = context["request"]._request
    return write_kinde_errors(refusal, request=request)
