"""Who may still try a plan."""

from accounts.models import Organization

from ..catalog.queries import get_plan_version_terms
from ..choices import Collection
from ..models import Agreement, PlanVersion


def trial_days_of(*, organization: Organization, version: PlanVersion) -> int:
    """
    Return how many days an organization may try a plan version; 0 for none.

    A trial is for new customers: there is one for each organization, whichever plan it tried and
    however soon that ended, and none for those who have had an agreement that costs something.
    A plan that costs nothing takes nothing away.
    """
    terms = get_plan_version_terms(plan_version_id=version.pk)
    if not terms.trial_days or not may_try(organization=organization):
        return 0
    return terms.trial_days


def may_try(*, organization: Organization) -> bool:
    """Whether an organization has neither had a trial nor an agreement that costs something."""
    earlier = Agreement.objects.owned_by(organization)
    return not earlier.exclude(collection=Collection.FREE).exists()
