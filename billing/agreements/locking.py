"""An agreement as it is once nobody else changes it."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.organizations.locking import lock_organization

from ..models import Agreement
from .advancing import advance
from .errors import AgreementEnded, OrganizationClosed


def lock_agreement(agreement: Agreement, *, at: datetime) -> Agreement:
    """
    Lock the agreement's organization until the transaction ends, and return the agreement, brought
    to an instant, with its plan and organization loaded.

    Raises `AgreementEnded`, also if it was to end by then and nobody had noticed.
    """
    lock_organization(organization_id=agreement.organization_id)
    stored: Agreement = Agreement.objects.select_related("organization", "plan_version__plan").get(
        pk=agreement.pk
    )
    if stored.ended_at is None and stored.organization.closed_at is None:
        advance(stored, now=at)
    if stored.ended_at is not None:
        raise AgreementEnded(
            _("%(agreement)s has ended already.") % {"agreement": stored.public_id}
        )
    return stored


def lock_open_agreement(agreement: Agreement, *, at: datetime) -> Agreement:
    """The same for what a closed organization cannot do. Raises also `OrganizationClosed`."""
    stored = lock_agreement(agreement, at=at)
    if stored.organization.closed_at is not None:
        raise OrganizationClosed(
            _("%(organization)s is closed.") % {"organization": stored.organization.name}
        )
    return stored
