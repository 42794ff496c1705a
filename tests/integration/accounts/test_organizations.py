import pytest

from accounts.models import AuditEntry, Membership, Organization, User
from accounts.organizations.operations import (
    ExternalIdTaken,
    close_organization,
    create_organization,
    update_organization,
)
from accounts.organizations.queries import (
    find_organization,
    get_organization,
    list_organizations_of,
    list_owner_names,
)
from config.kernel.errors import Invalid, NotFound
from config.kernel.ids import new_id
from tests.factories.accounts import NOON, TESTER, make_member, make_organization, make_person


def create(**changes: object) -> Organization:
    values = {
        "name": "Acme",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "owner": None,
        "actor": TESTER,
        "now": NOON,
    }
    return create_organization(**{**values, **changes})  # type: ignore[arg-type]


def test_a_new_organization_has_what_was_said_and_its_owner(alice: User) -> None:
    created = create(
        owner=alice, billing_email="Billing@Acme.example", external_id="crm-7", name=" Acme "
    )

    organization = Organization.objects.get()
    assert organization == created
    assert organization.public_id.startswith("org_")
    assert organization.name == "Acme"
    assert organization.currency == "EUR"
    assert organization.time_zone == "Europe/Berlin"
    assert organization.billing_email == "billing@acme.example"
    assert organization.external_id == "crm-7"
    assert organization.closed_at is None
    place = Membership.objects.get()
    assert (place.organization, place.user, place.role) == (organization, alice, "owner")
    entry = AuditEntry.objects.get()
    assert entry.action == "organization.created"
    assert entry.target == organization.public_id
    assert entry.organization == organization
    assert entry.actor == "tester"
    assert entry.occurred_at == NOON


@pytest.mark.usefixtures("db")
def test_an_organization_may_start_without_people() -> None:
    create()
    assert Membership.objects.count() == 0


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "value",
    [
        {"name": ""},
        {"name": "A\x00cme"},
        {"name": "x" * 121},
        {"currency": "usd"},
        {"currency": "DEM"},
        {"time_zone": "Berlin"},
        {"billing_email": "nobody"},
        {"external_id": ""},
        {"external_id": "a\nb"},
        {"external_id": "x" * 129},
    ],
)
def test_an_unusable_value_is_refused_and_nothing_is_stored(value: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        create(**value)
    assert Organization.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.usefixtures("db")
def test_an_external_id_belongs_to_one_organization() -> None:
    create(external_id="crm-7")
    with pytest.raises(ExternalIdTaken, match="crm-7"):
        create(name="Globex", external_id="crm-7")
    assert Organization.objects.get().name == "Acme"


@pytest.mark.usefixtures("db")
def test_any_number_of_organizations_have_no_external_id() -> None:
    create()
    create(name="Globex")
    assert Organization.objects.filter(external_id=None).count() == 2


def test_an_update_is_stored_with_what_changed(acme: Organization) -> None:
    updated = update_organization(
        organization=acme,
        name="Acme GmbH",
        time_zone="Europe/Berlin",
        billing_email="",
        actor=TESTER,
        now=NOON,
    )

    acme.refresh_from_db()
    assert updated == acme
    assert (acme.name, acme.time_zone, acme.billing_email) == ("Acme GmbH", "Europe/Berlin", "")
    entry = AuditEntry.objects.get()
    assert entry.action == "organization.updated"
    assert entry.changes == {"name": ["Acme", "Acme GmbH"], "time_zone": ["UTC", "Europe/Berlin"]}


def test_an_update_that_changes_nothing_leaves_no_trace(acme: Organization) -> None:
    update_organization(
        organization=acme, name="Acme", time_zone="UTC", billing_email="", actor=TESTER, now=NOON
    )
    assert AuditEntry.objects.count() == 0


def test_a_closed_organization_is_not_found(acme: Organization, alice: User) -> None:
    close_organization(organization=acme, actor=TESTER, reason="left us", now=NOON)

    acme.refresh_from_db()
    assert acme.closed_at == NOON
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("organization.closed", "left us")
    with pytest.raises(NotFound):
        get_organization(code=acme.public_id)
    assert find_organization(reference=acme.public_id) is None
    assert list_organizations_of(user=alice) == []
    with pytest.raises(NotFound):
        close_organization(organization=acme, actor=TESTER, now=NOON)
    with pytest.raises(NotFound):
        update_organization(
            organization=acme, name="X", time_zone="UTC", billing_email="", actor=TESTER, now=NOON
        )


@pytest.mark.usefixtures("db")
def test_an_organization_is_found_by_its_code_and_by_its_external_id() -> None:
    acme = make_organization("Acme", external_id="crm-7")
    make_organization("Globex", external_id="crm-8")

    assert get_organization(code=acme.public_id) == acme
    assert find_organization(reference=acme.public_id) == acme
    assert find_organization(reference="crm-7") == acme
    assert find_organization(reference="crm-9") is None
    with pytest.raises(NotFound):
        get_organization(code="crm-7")


@pytest.mark.usefixtures("db")
def test_no_external_id_hides_the_organization_with_that_code() -> None:
    code = new_id("org")
    make_organization("Impostor", external_id=code)
    acme = Organization.objects.create(name="Acme", currency="USD", public_id=code)
    assert find_organization(reference=acme.public_id) == acme


def test_people_see_their_own_organizations_by_name(
    acme: Organization, globex: Organization, alice: User, bob: User, charlie: User
) -> None:
    initech = make_organization("Aaa Initech", owner=alice)
    assert list_organizations_of(user=alice) == [initech, acme]
    assert list_organizations_of(user=bob) == [acme]
    assert list_organizations_of(user=charlie) == [globex]


def test_owners_are_named(acme: Organization) -> None:
    make_member(acme, make_person("", email="dora@acme.example"), "owner")
    assert list_owner_names(organization=acme) == ["Alice", "dora@acme.example"]
