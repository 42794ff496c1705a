"""An export holds everything of one organization, nothing of another, and no secret."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, models

from accounts.models import AuditEntry, Organization
from billing.choices import DataExportStatus
from billing.exports import making
from billing.exports.making import make_due_exports, make_export
from billing.exports.operations import (
    ExportInTheMaking,
    hand_out,
    remove_expired_exports,
    request_export,
)
from billing.exports.queries import ExportNotFound, find_latest_export
from billing.exports.tables import AUDIT_LOG, LEFT_OUT, NEVER, TABLES
from billing.exports.writing import FILE_COUNT, write_archive
from billing.models import DataExport, DataExportPart
from tests.factories.accounts import NOON, TESTER, make_organization
from tests.support.source import APPS
from tests.tenancy.world import CANARY, make_two_customers

Files = dict[str, list[dict[str, str]]]


def read(archive: bytes) -> Files:
    """The rows of each table, by the name of its file."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert files.testzip() is None
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(files.read(name).decode(), newline=""))
            )
            for name in files.namelist()
            if name.endswith(".csv")
        }


def manifest_of(archive: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return json.loads(files.read("manifest.json"))


def export_of(organization: Organization) -> bytes:
    """What is written for an organization, without a worker."""
    out = io.BytesIO()
    write_archive(
        organization=organization, out=out, reading=connection, at=NOON, on_file=lambda _rows: None
    )
    return out.getvalue()


def owned_models() -> dict[str, type[models.Model]]:
    """Our models whose rows lead to an organization, by way of other rows if need be."""
    ours = {
        model._meta.label: model
        for model in apps.get_models()
        if model._meta.app_label in APPS and "djstripe" not in model._meta.label
    }
    owned: dict[str, type[models.Model]] = {"accounts.Organization": Organization}
    for _ in ours:
        owned |= {
            label: model
            for label, model in ours.items()
            if any(
                field.related_model._meta.label in owned
                for field in model._meta.concrete_fields
                if isinstance(field, models.ForeignKey)
            )
        }
    return owned


def test_no_table_of_an_organization_is_forgotten() -> None:
    known = {table.label for table in TABLES} | {AUDIT_LOG} | set(LEFT_OUT)
    assert set(owned_models()) - known == set()
    assert not {table.label for table in TABLES} & set(LEFT_OUT)


def test_no_secret_and_no_cost_of_ours_is_a_column() -> None:
    telling = [
        f"{table.file}.{column}"
        for table in TABLES
        for column, source in table.columns().items()
        if NEVER.search(column) or NEVER.search(source.split("__")[-1])
    ]
    assert telling == []
    columns = {table.file: set(table.columns()) for table in TABLES}
    assert columns["api_keys"] == {
        "id",
        "created_at",
        "name",
        "prefix",
        "scopes",
        "expires_at",
        "revoked_at",
        "last_used_at",
    }
    assert columns["members"] == {"id", "created_at", "role", "email", "name"}
    assert not {"cost", "tokens"} & set(columns["usage_events"])
    assert {"meter_code", "action_code", "api_key_id"} <= columns["usage_events"]


@pytest.mark.django_db
def test_an_export_holds_every_row_of_one_organization_and_nothing_of_another() -> None:
    with time_machine.travel(datetime.fromisoformat("2026-09-20T12:00:00+00:00"), tick=False):
        world = make_two_customers()
        acme, crane = world.acme.organization, world.crane.organization
        archive = export_of(acme)
    files = read(archive)
    assert CANARY.encode() not in b"".join(json.dumps(files).encode().splitlines())
    assert acme.public_id.encode() in json.dumps(files).encode()
    assert crane.public_id.encode() not in json.dumps(files).encode()
    assert {name: len(rows) for name, rows in files.items()} == {
        **{table.file: table.rows(acme).count() for table in TABLES},
        "audit_log": AuditEntry.objects.filter(organization=acme).count(),
    }
    [event] = files["usage_events"]
    assert (event["event_id"], event["meter_code"], event["member"]) == (
        "of-acme",
        "ai_credits",
        "acme",
    )
    assert {row["email"] for row in files["members"]} >= {"owner@acme.example"}
    assert {row["kind"] for row in files["ledger_transfers"]} >= {"consume", "hold"}
    assert manifest_of(archive)["organization"] == acme.public_id
    assert {one["file"]: one["rows"] for one in manifest_of(archive)["files"]} == {
        f"{name}.csv": len(rows) for name, rows in files.items()
    }


@pytest.mark.django_db
def test_no_cell_of_an_export_is_a_formula() -> None:
    acme = make_organization("=HYPERLINK(0)")
    [row] = read(export_of(acme))["organization"]
    assert row["name"] == "'=HYPERLINK(0)"
    assert row["id"] == acme.public_id


@pytest.mark.django_db
def test_an_export_takes_little_memory_however_much_there_is() -> None:
    acme = make_organization("Acme")
    entry = {"organization": acme, "action": "a.b", "target": "t" * 100, "occurred_at": NOON}
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=f"actor {number}", **entry) for number in range(30_000)
    )
    out = Counting()
    tracemalloc.start()
    write_archive(
        organization=acme, out=out, reading=connection, at=NOON, on_file=lambda _rows: None
    )
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.size > 100_000
    assert most < 12_000_000


class Counting:
    """Takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, content: bytes) -> int:
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class Died(BaseException):
    """The worker is gone: nothing catches this."""


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def acme(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Organization:
    """A customer in books that another connection sees, and no worker at the bell."""
    monkeypatch.setattr("billing.tasks.make_data_export.delay", lambda **_ids: None)
    return make_organization("Acme")


def ask(organization: Organization, now: datetime = NOON) -> DataExport:
    return request_export(organization=organization, actor=TESTER, now=now)


def take(organization: Organization, export: DataExport, *, now: datetime) -> bytes:
    _export, pieces = hand_out(
        organization=organization, export_id=export.public_id, actor=TESTER, now=now
    )
    return b"".join(pieces)


def test_an_export_is_made_once_and_handed_out_as_it_was(
    acme: Organization, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_PIECE", 1000)
    export = ask(acme)
    assert make_export(export_id=export.pk, clock=watch)
    assert not make_export(export_id=export.pk, clock=watch)
    export.refresh_from_db()
    assert (export.status, export.table_count) == (DataExportStatus.READY, FILE_COUNT)
    assert export.expires_at == NOON + timedelta(days=7)
    archive = take(acme, export, now=NOON)
    assert len(archive) == export.byte_count
    assert export.parts.count() == -(-len(archive) // 1000) > 2
    files = read(archive)
    assert files["organization"][0]["name"] == "Acme"
    assert export.row_count == sum(len(rows) for rows in files.values())
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["data_export.requested", "data_export.downloaded"]


def test_one_is_made_at_a_time_and_takes_the_place_of_the_one_before(
    acme: Organization, watch: Watch
) -> None:
    first = ask(acme)
    with pytest.raises(ExportInTheMaking):
        ask(acme)
    make_export(export_id=first.pk, clock=watch)
    second = ask(acme)
    first.refresh_from_db()
    assert (first.status, first.parts.count()) == (DataExportStatus.REMOVED, 0)
    assert find_latest_export(organization=acme) == second
    with pytest.raises(ExportNotFound):
        take(acme, first, now=NOON)


@pytest.mark.parametrize("pieces_before_death", [0, 1, 2])
def test_what_a_killed_worker_began_is_made_anew_by_the_next(
    pieces_before_death: int, acme: Organization, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_PIECE", 1000)
    export = ask(acme)
    create, made = DataExportPart.objects.create, list[DataExportPart]()

    def die(**row: Any) -> Any:
        if len(made) == pieces_before_death:
            raise Died
        made.append(create(**row))
        return made[-1]

    with monkeypatch.context() as patch:
        patch.setattr(DataExportPart.objects, "create", die)
        with pytest.raises(Died):
            make_export(export_id=export.pk, clock=watch)
    assert export.parts.count() == pieces_before_death

    make_due_exports(clock=watch)
    export.refresh_from_db()
    assert export.status == DataExportStatus.MAKING

    watch.now += making.LEASE_LENGTH
    make_due_exports(clock=watch)
    export.refresh_from_db()
    assert (export.status, export.attempt_count) == (DataExportStatus.READY, 2)
    archive = take(acme, export, now=watch.now)
    assert len(archive) == export.byte_count
    assert read(archive)["organization"][0]["name"] == "Acme"


def test_a_worker_that_was_thought_dead_writes_nothing_into_the_file_of_another(
    acme: Organization, watch: Watch
) -> None:
    export = ask(acme)
    slow = making._claim(export.pk, now=NOON)
    assert slow is not None
    watch.now += making.LEASE_LENGTH
    make_due_exports(clock=watch)
    pieces = making.Pieces(slow, clock=watch)
    pieces.write(b"late")
    with pytest.raises(making.LeaseLost):
        pieces.close()
    export.refresh_from_db()
    assert (export.status, export.parts.count()) == (DataExportStatus.READY, 1)


def test_what_fails_three_times_is_given_up(
    acme: Organization, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_given: Any) -> None:
        raise RuntimeError

    export = ask(acme)
    monkeypatch.setattr(making, "write_archive", fail)
    for _ in range(3):
        with pytest.raises(ExceptionGroup, match="1 failed while making the exports of"):
            make_due_exports(clock=watch)
        watch.now += making.LEASE_LENGTH
    make_due_exports(clock=watch)
    export.refresh_from_db()
    assert (export.status, export.ended_at) == (DataExportStatus.FAILED, watch.now)
    assert ask(acme).status == DataExportStatus.WAITING


def test_exports_that_fail_do_not_hold_up_the_others(
    acme: Organization, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_for_some(*, organization: Organization, **given: Any) -> None:
        if organization != crane:
            raise RuntimeError
        write_archive(organization=organization, **given)

    crane = make_organization("Crane")
    exports = [ask(organization) for organization in (acme, crane, make_organization("Dune"))]
    monkeypatch.setattr(making, "write_archive", fail_for_some)
    with pytest.raises(ExceptionGroup, match="2 failed while making the exports of"):
        make_due_exports(clock=watch)
    for export in exports:
        export.refresh_from_db()
    assert [export.status for export in exports] == [
        DataExportStatus.MAKING,
        DataExportStatus.READY,
        DataExportStatus.MAKING,
    ]


def test_an_export_is_kept_for_seven_days(acme: Organization, watch: Watch) -> None:
    export = ask(acme)
    make_export(export_id=export.pk, clock=watch)
    last = NOON + timedelta(days=7) - timedelta(microseconds=1)
    assert remove_expired_exports(now=last) == 0
    assert take(acme, export, now=last)
    with pytest.raises(ExportNotFound):
        take(acme, export, now=NOON + timedelta(days=7))
    assert remove_expired_exports(now=NOON + timedelta(days=7)) == 1
    export.refresh_from_db()
    assert (export.status, DataExportPart.objects.count()) == (DataExportStatus.REMOVED, 0)


def test_another_organizations_export_is_not_found(acme: Organization, watch: Watch) -> None:
    export = ask(acme)
    make_export(export_id=export.pk, clock=watch)
    with pytest.raises(ExportNotFound):
        take(make_organization("Crane"), export, now=NOON)


def test_an_export_is_of_one_moment(
    acme: Organization, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while it is made is not in it, in whichever table."""
    export = ask(acme)
    count_file = making.Pieces.count_file

    def rename(self: making.Pieces, rows: int) -> None:
        Organization.objects.update(name="Later")
        count_file(self, rows)

    monkeypatch.setattr(making.Pieces, "count_file", rename)
    monkeypatch.setattr("billing.exports.writing.TABLES", tuple(reversed(TABLES)))
    make_export(export_id=export.pk, clock=watch)
    [row] = read(take(acme, export, now=NOON))["organization"]
    assert row["name"] == "Acme"
