"""The installation that the bench measures, and the tenants in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.installation import Installation, running_installation

ORGANIZATION_COUNT = 200
# An empty ledger flatters.
HISTORY = 500


@dataclass(frozen=True)
class Tenant:
    """One organization with a live agreement, and the ledger rows that its usage touches."""

    code: str
    organization_id: int
    meter_id: int
    period_id: int
    grant_account_id: int
    consumed_account_id: int


@dataclass(frozen=True)
class World:
    """Where the web process listens, which key opens it, and who reports usage."""

    port: int
    database_url: str
    secret: str
    api_key_id: int
    action_id: int
    tenants: tuple[Tenant, ...]


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Build the installation, run it, and take it down again."""
    with running_installation(
        folder, organizations=ORGANIZATION_COUNT, history=HISTORY
    ) as installation:
        yield _read_world(installation)


def _read_world(installation: Installation) -> World:
    with psycopg.connect(installation.database_url) as connection:
        tenants = connection.execute(
            """
            SELECT o.public_id, o.id, p.meter_id, p.id, g.account_id, c.id
            FROM accounts_organization o
            JOIN metering_usageperiod p ON p.organization_id = o.id
            JOIN metering_creditgrant g ON g.period_id = p.id
            JOIN metering_ledgeraccount c ON c.organization_id = o.id AND c.kind = 'consumed'
            ORDER BY o.id
            """
        ).fetchall()
        [[action_id]] = connection.execute(
            "SELECT id FROM metering_action WHERE code = 'EXTRACT_TEXT'"
        ).fetchall()
        [[api_key_id]] = connection.execute("SELECT id FROM accounts_apikey").fetchall()
    return World(
        port=installation.port,
        database_url=installation.database_url,
        secret=installation.secret,
        api_key_id=api_key_id,
        action_id=action_id,
        tenants=tuple(Tenant(*row) for row in tenants),
    )
