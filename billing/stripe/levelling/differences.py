"""What keeps an agreement from being brought level: written down for staff, never guessed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from ...choices import AgreementStatus
from ...models import StripeDifference
from .standing import Agreed, Told

_LONGEST = 500


class Obstacle(StrEnum):
    """
    Why a subscription cannot be followed.

    `subscription_made_elsewhere`: a customer of ours has it, but we did not sell it.
    `subscription_of_unknown_price`: it has a price that we have not published.
    `subscription_interval_differs`, `subscription_trial_differs`: these were changed there in
    ways that an agreement does not change.
    `subscription_refused`: our books refuse what it asks for.
    """

    MADE_ELSEWHERE = "subscription_made_elsewhere"
    UNKNOWN_PRICE = "subscription_of_unknown_price"
    INTERVAL_DIFFERS = "subscription_interval_differs"
    TRIAL_DIFFERS = "subscription_trial_differs"
    REFUSED = "subscription_refused"


Obstacles = Mapping[Obstacle, tuple[str, str]]


def obstacles_between(agreed: Agreed | None, told: Told) -> Iterator[tuple[Obstacle, str, str]]:
    """What differs once all steps are taken: its kind, ours, Stripe's. Pure."""
    if told.sold is None and told.over_at is None:
        yield Obstacle.UNKNOWN_PRICE, "no such price", told.status
    if agreed is None or agreed.ended_at is not None or told.sold is None:
        return
    is_behind = told.period.ends_at <= agreed.period_starts_at
    if told.sold.interval != agreed.sold.interval and not is_behind:
        yield Obstacle.INTERVAL_DIFFERS, agreed.sold.interval, told.sold.interval
    if agreed.status == AgreementStatus.TRIALING and told.trial_ends_at != agreed.trial_ends_at:
        yield Obstacle.TRIAL_DIFFERS, _words(agreed.trial_ends_at), _words(told.trial_ends_at)


def note_obstacles(
    found: Obstacles, *, subscription_id: str, organization_id: int, now: datetime
) -> None:
    """Keep what was found about a subscription; what is not found any more is gone since now."""
    known = StripeDifference.objects.filter(
        kind__in=Obstacle, subject=subscription_id, resolved_at=None
    )
    known.exclude(kind__in=found).update(resolved_at=now)
    for kind, (ours, theirs) in found.items():
        said = {"ours": ours[:_LONGEST], "theirs": theirs[:_LONGEST], "seen_at": now}
        StripeDifference.objects.update_or_create(
            kind=kind,
            subject=subscription_id,
            resolved_at=None,
            defaults=said,
            create_defaults={**said, "organization_id": organization_id, "found_at": now},
        )


def _words(moment: datetime | None) -> str:
    return "none" if moment is None else moment.isoformat()
