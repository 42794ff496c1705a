"""What is done to one agreement. The modules beside this one say what; here is how."""

from collections.abc import Callable

from django.http import HttpResponse

from billing.agreements.errors import AgreementEnded
from billing.agreements.queries import get_agreement
from billing.choices import AgreementStatus
from billing.models import Agreement

from ..endpoint import json_response
from ..idempotency import answered_once
from ..resource import Resource
from ..wire import StrictJSONParser
from .agreement_results import whole_agreement


class AgreementDeed(Resource):
    """A POST on an agreement that is in force."""

    scopes = {}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    def live_agreement(self, agreement_id: str, *, reference: str | None) -> Agreement:
        """
        Return an agreement of the organization that the body names, or of the caller's own.

        Raises `OrganizationRequired`, `OrganizationNotFound`, `AgreementNotFound` and
        `AgreementEnded`.
        """
        organization = self.organization_named(reference)
        agreement = get_agreement(organization=organization, public_id=agreement_id)
        if agreement.status == AgreementStatus.CANCELED:
            raise AgreementEnded("The agreement has ended.")
        return agreement

    def done_once(
        self,
        agreement_id: str,
        deed: Callable[[Agreement], object],
        *,
        reference: str | None,
    ) -> HttpResponse:
        """Do it, unless the same request did; answer with the agreement as it then is."""

        def do() -> HttpResponse:
            agreement = self.live_agreement(agreement_id, reference=reference)
            deed(agreement)
            changed = get_agreement(organization=agreement.organization, public_id=agreement_id)
            return json_response(whole_agreement(changed))

        return answered_once(self.plain_request, do, caller=self.caller, now=self.now)
