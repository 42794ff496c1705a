"""Credits held and settled over HTTP, as an app does that asks before it acts."""

import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.load import each_in_turn, rate
from tests.bench.world import Tenant, World
from tests.support.kept_connection import KeptConnection

_run = itertools.count(int(time.time()))


def pairs_over_http(
    world: World, tenants: Sequence[Tenant], *, seconds: float, connections: int
) -> float:
    """Hold and settle from several connections; return pairs of the two per second."""

    def client(number: int, until: float) -> int:
        connection = KeptConnection(world.port, secret=world.secret)
        for pairs, tenant in enumerate(each_in_turn(tenants, number)):
            if time.monotonic() >= until:
                return pairs
            _hold_and_settle(connection, tenant.code, key=f"hold-{number}-{next(_run)}-{pairs}")
        raise AssertionError("the tenants never end")

    return rate(client, seconds=seconds, workers=connections)


def _hold_and_settle(connection: KeptConnection, organization: str, *, key: str) -> None:
    held = _post(
        connection,
        "/api/v1/holds",
        {"organization": organization, "id": key, "action": "EXTRACT_TEXT", "quantity": 4},
    )
    settled = _post(
        connection,
        f"/api/v1/holds/{held['id']}/settle",
        {"organization": organization, "quantity": 3},
    )
    if settled["usage"]["outcome"] != "accepted":
        raise RuntimeError(settled)


def _post(connection: KeptConnection, path: str, document: dict[str, object]) -> Any:
    answer = connection.send("POST", path, json.dumps(document).encode())
    if answer.status not in {200, 201}:
        raise RuntimeError(answer)
    return json.loads(answer.body)
