"""The page of the data export: asked for, made, taken, gone."""

import io
import zipfile
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection

from accounts.choices import Role
from accounts.models import AuditEntry, Membership, Organization, User
from billing.exports.making import make_export
from billing.exports.writing import FILE_COUNT
from billing.models import Agreement, DataExport, DataExportPart
from tests.factories.accounts import make_organization
from tests.support.statements import at_most

from .conftest import NOW, Clock, SignIn
from .reading import text_of

PAGE = "/settings/export/"


@pytest.fixture(autouse=True)
def connection_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test wrote is seen by the connection that it was written on alone."""
    monkeypatch.setattr("billing.exports.making.one_moment", lambda: nullcontext(connection))


def make(organization: Organization) -> DataExport:
    """What the worker does."""
    export = DataExport.objects.owned_by(organization).latest("pk")
    assert make_export(export_id=export.pk, clock=lambda: NOW)
    export.refresh_from_db()
    return export


def test_an_owner_asks_waits_and_takes_the_file(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn, clock: Clock
) -> None:
    client = sign_in(alice)
    assert "Make an export" in text_of(client.get(PAGE))
    assert client.post(f"{PAGE}ask/")["location"] == PAGE

    waiting = client.get(PAGE)
    assert f"0 of {FILE_COUNT} tables 0 rows" in text_of(waiting)
    assert b'data-refresh-after="3"' in waiting.content
    assert b'<noscript><meta http-equiv="refresh" content="4"></noscript>' in waiting.content
    client.post(f"{PAGE}ask/")
    assert "An export of your data is in the making already." in text_of(client.get(PAGE))

    export = make(acme)
    words = text_of(client.get(PAGE))
    assert f"0.1 MB Asked for 20 Sep 2026, 12:00 UTC Tables {FILE_COUNT}" in words
    assert "Kept until 27 Sep 2026, 12:00 UTC" in words

    answer = client.get(f"{PAGE}{export.public_id}.zip")
    name = f"tallybook-{acme.code}-2026-09-20.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    content = answer.getvalue()
    assert int(answer["Content-Length"]) == len(content) == export.byte_count
    assert "usage_events.csv" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    taken = AuditEntry.objects.get(action="data_export.downloaded")
    assert (taken.organization, taken.user, taken.target) == (acme, alice, export.public_id)

    clock.shift(timedelta(days=7))
    assert "Make an export" in text_of(client.get(PAGE))
    assert client.get(f"{PAGE}{export.public_id}.zip").status_code == 404


def test_a_new_one_takes_the_place_of_the_one_before(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    client.post(f"{PAGE}ask/")
    export = make(acme)
    client.post(f"{PAGE}ask/")
    assert client.get(f"{PAGE}{export.public_id}.zip").status_code == 404
    assert not DataExportPart.objects.exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.BILLING, Role.DEVELOPER])
def test_who_does_not_run_the_organization_gets_nothing(
    role: Role, alice: User, bob: User, acme: Organization, sign_in: SignIn
) -> None:
    Membership.objects.filter(user=bob).update(role=role)
    sign_in(alice).post(f"{PAGE}ask/")
    export = make(acme)
    client = sign_in(bob)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}ask/").status_code == 403
    assert client.get(f"{PAGE}{export.public_id}.zip").status_code == 403
    assert DataExport.objects.count() == 1


def test_another_organizations_file_is_not_there(
    alice: User, charlie: User, acme: Organization, sign_in: SignIn
) -> None:
    sign_in(alice).post(f"{PAGE}ask/")
    export = make(acme)
    make_organization("Charlie's", owner=charlie)
    client = sign_in(charlie)
    assert client.get(f"{PAGE}{export.public_id}.zip").status_code == 404
    assert "Make an export" in text_of(client.get(PAGE))
    assert not AuditEntry.objects.filter(action="data_export.downloaded").exists()


@pytest.mark.parametrize(
    "path", [PAGE, "/settings/contacts/", "/settings/properties/", "/settings/"]
)
def test_a_page_of_settings_takes_few_queries(
    path: str,
    alice: User,
    acme: Organization,
    agreement: Agreement,
    sign_in: SignIn,
    no_query_in_templates: None,
) -> None:
    client = sign_in(alice)
    client.get(path)
    with at_most(12):
        client.get(path)
