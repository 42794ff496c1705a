"""
For which organization?

A platform key names it, by its id or by the company's own id for it. An organization's key
acts for its own and need not name it; any other name is *not found*, whether it exists or not.
"""

import re
import time
from collections.abc import Collection
from typing import Final

from accounts.api_keys.queries import CallerKey
from accounts.models import Organization
from accounts.organizations.queries import (
    find_organization,
    find_organization_ids,
    get_organization_of_key,
)
from config.kernel.errors import NotFound

from .fields import InvalidField, parse_text
from .problems import Refusal

REMEMBERED_FOR_SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 50_000

_CODE: Final = re.compile(Organization.id_prefix + "_[0-9a-z]{26}")


class OrganizationRequired(Refusal):
    """A platform key did not say for whom it acts."""

    code = "organization_required"
    title = "Name the organization"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "A platform key must name the organization, by its id or by your own id for it."
        )


class OrganizationNotFound(NotFound):
    """There is no such organization, or it is not the caller's."""

    code = "organization_not_found"
    title = "There is no such organization"

    def __init__(self) -> None:
        super().__init__("There is no such organization.")


def get_named_organization(*, caller: CallerKey, reference: str | None) -> Organization:
    """
    Return the organization that a request is about.

    Raises `OrganizationRequired` and `OrganizationNotFound`.
    """
    if reference is None:
        if caller.is_platform:
            raise OrganizationRequired
        return get_organization_of_key(caller=caller)
    organization = find_organization(reference=reference) if _is_speakable(reference) else None
    if organization is None or (
        not caller.is_platform and organization.pk != caller.organization_id
    ):
        raise OrganizationNotFound
    return organization


class OrganizationIds:
    """
    Which database id an organization has, for the hot path.

    The code of an organization never changes hands, so it is remembered for a minute; an
    external id may, so it is looked up each time.
    """

    def __init__(self) -> None:
        self._remembered: dict[str, tuple[int, float]] = {}

    def find(self, *, references: Collection[str]) -> dict[str, int]:
        """Return the id for each name that has an organization."""
        at = time.monotonic()
        found: dict[str, int] = {}
        for reference in references:
            organization_id, known_until = self._remembered.get(reference, (0, 0.0))
            if at < known_until:
                found[reference] = organization_id
        unknown = {name for name in references if name not in found and _is_speakable(name)}
        if unknown:
            looked_up = find_organization_ids(references=unknown)
            found |= looked_up
            self._remember(looked_up, until=at + REMEMBERED_FOR_SECONDS)
        return found

    def _remember(self, looked_up: dict[str, int], *, until: float) -> None:
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        for reference, organization_id in looked_up.items():
            if _CODE.fullmatch(reference):
                self._remembered[reference] = (organization_id, until)

    def clear(self) -> None:
        """Remember nothing."""
        self._remembered.clear()


organization_ids: Final = OrganizationIds()


class Tenants:
    """The organizations that one request of the hot path may act for, by the names that it uses."""

    def __init__(self, caller: CallerKey, references: Collection[str | None]) -> None:
        names = {reference for reference in references if reference is not None}
        self._caller = caller
        self._ids = organization_ids.find(references=names) if names else {}

    def find(self, reference: str | None) -> int:
        """Return the database id. Raises `OrganizationRequired` and `OrganizationNotFound`."""
        own_id = self._caller.organization_id
        if reference is None:
            if own_id is None:
                raise OrganizationRequired
            return own_id
        found = self._ids.get(reference)
        if found is None or own_id not in (None, found):
            raise OrganizationNotFound
        return found


def find_tenant(*, caller: CallerKey, reference: str | None) -> int:
    """
    Return the database id of the one organization that a request of the hot path is about.

    Raises `OrganizationRequired` and `OrganizationNotFound`.
    """
    return Tenants(caller, (reference,)).find(reference)


def _is_speakable(reference: str) -> bool:
    try:
        return bool(parse_text(reference))
    except InvalidField:
        return False
