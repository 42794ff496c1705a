"""Which metered feature a request asks about."""

from django.http import HttpRequest

from accounts.models import Organization
from billing.entitlements.queries import FeatureNotFound
from metering.queries import MeterOfOrganization, find_meter_of

from ..fields import parse_code
from ..parameters import read_parameter


def get_meter(*, request: HttpRequest, organization: Organization) -> MeterOfOrganization:
    """
    Return the meter of the feature that a request names.

    Raises `InvalidRequest`, and `FeatureNotFound` for one of which the organization never had
    anything: what others have is nobody's business.
    """
    code = read_parameter(parse_code, request, "feature")
    meter = find_meter_of(organization_id=organization.pk, code=code)
    if meter is None:
        raise FeatureNotFound(f"There is no metered feature “{code}”.")
    return meter
