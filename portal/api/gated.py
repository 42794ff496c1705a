"""Resources of which the plan decides."""

from typing import ClassVar

from accounts.models import Organization

from ..gates import check_feature
from .resource import Resource


class GatedResource(Resource):
    """
    A resource for organizations that may use `required_feature`; for the others it answers 403
    with the cheapest plan that has it, as soon as it is known whom the request is about.
    """

    scopes = {}
    required_feature: ClassVar[str]

    def organization_named(self, reference: str | None) -> Organization:
        """Return the organization. Raises `FeatureRequired` besides."""
        organization = super().organization_named(reference)
        check_feature(organization=organization, feature=self.required_feature, now=self.now)
        return organization
