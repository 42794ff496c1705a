"""Two ways to write the same usage: over HTTP, and with the bare statement of the ledger."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import psycopg

from accounts.organizations.locking import LOCK_ORGANIZATION
from config.database import PLAN_ONCE
from metering.choices import TransferKind
from metering.ledger.posting import POST_USAGE, EventEntry, TransferEntry, usage_parameters
from tests.bench.world import Tenant, World
from tests.support.kept_connection import KeptConnection

# Each body costs five credits, as EXTRACT_TEXT does.
CREDITS = Decimal(5)
_run = itertools.count(int(time.time()))


def rate_over_http(
    world: World, tenants: Sequence[Tenant], *, size: int, seconds: float, connections: int
) -> float:
    """Report usage over HTTP from several connections and return accepted events per second."""

    def client(number: int, until: float) -> int:
        connection = KeptConnection(world.port, secret=world.secret)
        accepted = 0
        for batch, tenant in enumerate(each_in_turn(tenants, number)):
            if time.monotonic() >= until:
                return accepted
            body = _body(tenant, prefix=f"{number}-{next(_run)}-{batch}", size=size)
            answer = connection.post("/api/v1/usage", body)
            if answer.count(b'"outcome":"accepted"') != size:
                raise RuntimeError(answer[:500])
            accepted += size
        raise AssertionError("the tenants never end")

    return rate(client, seconds=seconds, workers=connections)


def rate_of_bare_statement(
    world: World, tenants: Sequence[Tenant], *, size: int, seconds: float, connections: int
) -> float:
    """
    Lock the organization, write the same rows, commit; return events per second.

    Nothing is read, rated or decided: this is what the ledger costs if it costs nothing else.
    """

    def client(number: int, until: float) -> int:
        written = 0
        with psycopg.connect(
            world.database_url, prepare_threshold=0, options=PLAN_ONCE
        ) as connection:
            for batch, tenant in enumerate(each_in_turn(tenants, number)):
                if time.monotonic() >= until:
                    return written
                rows = _rows(world, tenant, prefix=f"b{number}-{next(_run)}-{batch}", size=size)
                connection.execute(LOCK_ORGANIZATION, [tenant.organization_id])
                connection.execute(POST_USAGE, rows)
                connection.commit()
                written += size
        raise AssertionError("the tenants never end")

    return rate(client, seconds=seconds, workers=connections)


def rate(client: Callable[[int, float], int], *, seconds: float, workers: int) -> float:
    """Run so many clients at once, each until a moment, and return how much they did a second."""
    counts = [0] * workers
    failures: list[Exception] = []
    started = time.monotonic()

    def work(number: int) -> None:
        try:
            counts[number] = client(number, started + seconds)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.monotonic() - started)


def each_in_turn(tenants: Sequence[Tenant], start: int) -> Iterator[Tenant]:
    """Every client begins somewhere else, so that they meet as seldom as real ones."""
    offset = start * 17 % len(tenants)
    return itertools.islice(itertools.cycle(tenants), offset, None)


def _body(tenant: Tenant, *, prefix: str, size: int) -> bytes:
    events = [
        {"id": f"{prefix}-{index}", "action": "EXTRACT_TEXT", "quantity": 1, "member": "bench"}
        for index in range(size)
    ]
    document: dict[str, object] = {"organization": tenant.code, "events": events}
    if size == 1:
        document = {"organization": tenant.code, **events[0]}
    return json.dumps(document).encode()


def _rows(world: World, tenant: Tenant, *, prefix: str, size: int) -> dict[str, object]:
    now = datetime.now(UTC)
    ids = [f"{prefix}-{index}" for index in range(size)]
    return usage_parameters(
        organization_id=tenant.organization_id,
        api_key_id=world.api_key_id,
        events=[
            EventEntry(
                event_id=event_id,
                meter_id=tenant.meter_id,
                period_id=tenant.period_id,
                action_id=world.action_id,
                member="bench",
                quantity=Decimal(1),
                credits=CREDITS,
                overage_credits=Decimal(0),
                balance_after=Decimal(1_000),
                cost=Decimal("0.035"),
                properties=None,
                body_sha256=bytes(32),
                occurred_at=now,
                counted_at=now,
            )
            for event_id in ids
        ],
        transfers=[
            TransferEntry(
                meter_id=tenant.meter_id,
                kind=TransferKind.CONSUME,
                debit_account_id=tenant.grant_account_id,
                credit_account_id=tenant.consumed_account_id,
                amount=CREDITS,
                occurred_at=now,
                event_key=event_id,
            )
            for event_id in ids
        ],
    )
