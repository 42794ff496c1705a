"""Load the demo data, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from accounts.audit.actor import SYSTEM
from accounts.audit.operations import record
from accounts.models import AuditEntry, Organization
from config.kernel.errors import DomainError

from ..analytics.books import check_books
from ..analytics.snapshots import take_due_snapshots
from ..models import Plan
from .campaigns import ensure_campaign
from .catalog import (
    RETIRED_AFTER,
    REVISED_AFTER,
    create_catalog,
    ensure_retired,
    ensure_revised,
)
from .costs import ensure_costs
from .customers import CUSTOMERS, STAFF, Customer
from .environment import ensure_clients, ensure_endpoint, find_platform_key, renew_environment
from .gifts import ensure_gifts
from .history import list_usage_periods
from .limits import ensure_limits
from .organizations import ensure_organization, ensure_staff
from .outcomes import create_outcome_kind, ensure_outcomes
from .packs import create_packs, ensure_order
from .paying import (
    arrive_in_the_present,
    finish_what_was_begun,
    keep_to_the_present,
    sell,
)
from .price_book import ensure_review
from .tables import create_tables
from .usage import load_usage

BEGUN: Final = "demo_data.begun"
LOADED: Final = "demo_data.loaded"
_TARGET: Final = "demo"
_ADVISORY_LOCK: Final = 7_106_835
# The catalog is older than every agreement: a year and the longest part of another month.
ON_SALE_FOR: Final = timedelta(days=430)


class NotTheDemo(DomainError):
    """The database is somebody's own; the demo data would get mixed up with it."""

    code = "not_the_demo"
    title = "The database has data of its own"


class LedgerBroken(DomainError):
    """The books of the demo do not add up."""

    code = "ledger_broken"
    title = "The ledger of the demo is broken"


def load_demo(
    *,
    environment: Path,
    url: str,
    now: datetime,
    customers: tuple[Customer, ...] = CUSTOMERS,
) -> int:
    """
    Make the demo's catalog, customers and usage until now, and write its secrets to a file.

    Returns the number of usage events; 0 if all was there already. Everything is made once. A
    run that was ended midway is completed by the next one, with the history that the first had
    begun. The secrets are made anew if the file is lost or belongs to another database.

    Raises `NotTheDemo` for a database that is already in use, `UsageRefused`, `LedgerBroken`
    and `DemoChanged`.
    """
    with _one_at_a_time():
        begun_at = _find_moment(BEGUN) or _begin(now=now)
        is_loaded = _find_moment(LOADED) is not None
        if not is_loaded:
            finish_what_was_begun(now=now)
        organizations = {} if is_loaded else _create_organizations(customers, now=begun_at)
        platform_key_id = find_platform_key(environment, now=now)
        if platform_key_id is None:
            platform_key_id = renew_environment(environment, url=url, now=now)
        if is_loaded:
            keep_to_the_present(now=now)
            ensure_clients(environment, now=now)
            ensure_endpoint(environment, now=now)
            return 0
        ensure_limits(organizations, now=begun_at)
        event_count = load_usage(
            organizations, customers=customers, api_key_id=platform_key_id, now=begun_at
        )
        ensure_order(organizations, now=begun_at)
        ensure_costs(organizations, since=begun_at - ON_SALE_FOR, now=begun_at)
        ensure_gifts(organizations, now=begun_at)
        event_count += ensure_outcomes(organizations, now=begun_at)
        arrive_in_the_present(now=max(now, begun_at))
        ensure_campaign(now=max(now, begun_at))
        ensure_review(now=max(now, begun_at))
        take_due_snapshots(now=max(now, begun_at))
        _check_ledger(now=max(now, begun_at))
        ensure_clients(environment, now=now)
        ensure_endpoint(environment, now=now)
        record(actor=SYSTEM, action=LOADED, target=_TARGET, now=now)
        return event_count


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


def _find_moment(action: str) -> datetime | None:
    entries = AuditEntry.objects.filter(action=action, target=_TARGET)
    return entries.values_list("occurred_at", flat=True).first()


@transaction.atomic
def _begin(*, now: datetime) -> datetime:
    """Make the catalog, and fix the moment that the whole history is told from."""
    if Plan.objects.exists() or Organization.objects.exists():
        raise NotTheDemo("There are plans or organizations in this database already.")
    record(actor=SYSTEM, action=BEGUN, target=_TARGET, now=now)
    create_catalog(now=now - ON_SALE_FOR)
    create_outcome_kind(now=now - ON_SALE_FOR)
    create_packs(now=now - ON_SALE_FOR)
    create_tables(now=now - ON_SALE_FOR)
    return now


def _create_organizations(
    customers: tuple[Customer, ...], *, now: datetime
) -> dict[str, Organization]:
    """Let the customers come one after the other, while the plans that they find change."""
    ensure_staff(STAFF, now=now)
    on_sale_at = now - ON_SALE_FOR
    changes = [
        (on_sale_at + REVISED_AFTER, ensure_revised),
        (on_sale_at + RETIRED_AFTER, ensure_retired),
    ]
    sell(now=on_sale_at)
    organizations = {}
    for customer in sorted(customers, key=lambda customer: _came_at(customer, now=now)):
        while changes and changes[0][0] <= _came_at(customer, now=now):
            _change_plans(*changes.pop(0))
        organizations[customer.external_id] = ensure_organization(customer, now=now)
    for change in changes:
        _change_plans(*change)
    return organizations


def _change_plans(at: datetime, change: Callable[..., None]) -> None:
    change(now=at)
    sell(now=at)


def _came_at(customer: Customer, *, now: datetime) -> datetime:
    return list_usage_periods(customer, now=now)[0].starts_at


def _check_ledger(*, now: datetime) -> None:
    broken = check_books(now=now).broken
    if broken:
        raise LedgerBroken(", ".join(broken))
