"""Whether Stripe knows what is on sale, on the pages of plans and their versions."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError

from ..choices import PublicationStatus
from ..models import Plan, Publication
from ..stripe.gateway.configuration import is_connected
from ..stripe.publishing import compare_plan


def publication_status(path: str) -> Subquery:
    """The status of the newest publication of the row that `path` leads to."""
    publications = Publication.objects.filter(**{path: OuterRef("pk")})
    return Subquery(publications.order_by("-plan_version__number").values("status")[:1])


def status_words(status: str | None) -> str:
    """How staff read the status of a publication; None where there is none."""
    if not is_connected():
        return _("Stripe is not connected")
    return str(PublicationStatus(status or PublicationStatus.WAITING).label)


def stripe_page(plan: Plan) -> dict[str, Any]:
    """What the page of a plan at Stripe says: how publishing went, and what differs right now."""
    page: dict[str, Any] = {"publications": _publications(plan)}
    try:
        return page | {"differences": compare_plan(plan=plan)}
    except DomainError as refusal:
        return page | {"trouble": refusal.detail}


def _publications(plan: Plan) -> QuerySet[Publication]:
    publications = Publication.objects.filter(plan_version__plan=plan)
    return publications.select_related("plan_version").order_by("-plan_version__number")
