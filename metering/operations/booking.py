"""Decide a run of events on the books as they were read, and write what was decided."""

from collections.abc import Iterable, Sequence

from ..ledger import posting
from ..models import SeenValue
from ..usage.decision import Decision, decide
from ..usage.intake import RatedReport
from ..usage.state import LedgerState


def decide_run(rated: Sequence[RatedReport], *, state: LedgerState) -> Decision:
    """Decide a run of events on the books as they were read. Nothing is written."""
    return decide(
        rated,
        organization_id=state.organization_id,
        books=state.books(),
        periods=state.periods,
        held=state.held,
        at=state.received_at,
        seen=_seen_before(rated, organization_id=state.organization_id),
    )


def write_decision(decision: Decision, *, api_key_id: int | None) -> None:
    """Book what was decided."""
    if not decision.events:
        return
    posting.post_usage(
        organization_id=decision.organization_id,
        api_key_id=api_key_id,
        events=decision.events,
        transfers=decision.transfers,
    )
    SeenValue.objects.bulk_create(
        SeenValue(
            organization_id=decision.organization_id,
            meter_id=meter_id,
            period_id=period_id,
            value=value,
        )
        for meter_id, period_id, value in decision.newly_seen
    )


def _seen_before(
    rated: Iterable[RatedReport], *, organization_id: int
) -> Iterable[tuple[int, str]]:
    """The values of these events that their periods have counted already."""
    values = {item.seen for item in rated if item.seen}
    if not values:
        return ()
    return SeenValue.objects.filter(
        organization_id=organization_id,
        value__in=values,
        period_id__in={item.period_id for item in rated},
    ).values_list("period_id", "value")
