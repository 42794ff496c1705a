"""Tell apps what becomes of credits, in the transaction in which it does."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant, quantity
from config.kernel.ids import new_id

from ..events import EventType
from ..ledger.returning import Leftover
from ..models import CreditGrant


def tell_granted(*, organization_id: int, grants: Collection[str]) -> None:
    """Announce that these grants were given, by their public ids: each once."""
    if not grants:
        return
    for grant in _loaded(organization_id).filter(public_id__in=grants).order_by("pk"):
        announce(
            organization_id=organization_id,
            type=EventType.CREDITS_GRANTED,
            dedupe_key=f"{EventType.CREDITS_GRANTED}:{grant.public_id}",
            data=describe_credits(grant),
            now=grant.effective_at,
        )


def tell_expired(*, organization_id: int, leftovers: Iterable[Leftover]) -> None:
    """Announce what was left of grants at their end. The caller books it, once."""
    ended = {leftover.account_id: leftover for leftover in leftovers if leftover.credits}
    if not ended:
        return
    for grant in _loaded(organization_id).filter(account_id__in=ended).order_by("pk"):
        leftover = ended[grant.account_id]
        announce(
            organization_id=organization_id,
            type=EventType.CREDITS_EXPIRED,
            dedupe_key=new_id(EventType.CREDITS_EXPIRED),
            data=describe_credits(grant) | {"expired": quantity(leftover.credits)},
            now=leftover.ends_at,
        )


def describe_credits(grant: CreditGrant) -> dict[str, Any]:
    """
    What events say of a grant, in the names that the API has for it.

    Its meter, account and parent are loaded. `parent` is the grant whose unused credits these are.
    """
    return {
        "id": grant.public_id,
        "feature": grant.meter.code,
        "category": str(grant.category),
        "amount": quantity(grant.amount),
        "remaining": quantity(grant.account.balance),
        "effective_at": instant(grant.effective_at),
        "expires_at": instant(grant.expires_at),
        "parent": None if grant.parent is None else grant.parent.public_id,
    }


def _loaded(organization_id: int) -> QuerySet[CreditGrant]:
    grants = CreditGrant.objects.filter(organization_id=organization_id)
    return grants.select_related("meter", "account", "parent")
