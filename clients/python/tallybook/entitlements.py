"""May this organization use a feature now, and how much of it is left?"""

from ._core.api.entitlements import get_entitlement, list_entitlements
from ._core.models import Entitlement, EntitlementPage
from ._core.types import UNSET, Unset
from .connection import Connection


class Entitlements:
    """`client.entitlements`"""

    def __init__(self, connection: Connection, organization: str | None) -> None:
        self._connection = connection
        self._organization = organization or UNSET

    def check(self, feature: str) -> Entitlement:
        """
        The answer for one feature: `allowed`, `reason`, `remaining`, `resets_at`, `upgrade_plan`.

        Raises `NotFound` for a feature that the catalog does not know.
        """
        return self._connection.call(
            get_entitlement.sync, Entitlement, feature=feature, organization=self._organization
        )

    def list(self) -> list[Entitlement]:
        """The answers for all features, in the order of the catalog."""
        page = self._page()
        found = page.data
        while page.has_more:
            page = self._page(starting_after=found[-1].feature)
            found += page.data
        return found

    def _page(self, starting_after: str | Unset = UNSET) -> EntitlementPage:
        return self._connection.call(
            list_entitlements.sync,
            EntitlementPage,
            organization=self._organization,
            starting_after=starting_after,
        )
