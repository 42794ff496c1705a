import pytest

from accounts.models import Membership, Organization, User
from tests.factories.accounts import make_member, make_organization, make_person


@pytest.fixture
def alice(db: None) -> User:
    """Owns Acme."""
    return make_person("Alice")


@pytest.fixture
def bob(db: None) -> User:
    """Works at Acme."""
    return make_person("Bob")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger to Acme, who owns Globex."""
    return make_person("Charlie", email="charlie@globex.example")


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    """Alice's organization, in which Bob is a member."""
    organization = make_organization("Acme", owner=alice)
    make_member(organization, bob)
    return organization


@pytest.fixture
def globex(charlie: User) -> Organization:
    """Charlie's organization."""
    return make_organization("Globex", owner=charlie)


@pytest.fixture
def alices_place(acme: Organization, alice: User) -> Membership:
    """Alice's membership of Acme, as owner."""
    return Membership.objects.get(organization=acme, user=alice)


@pytest.fixture
def bobs_place(acme: Organization, bob: User) -> Membership:
    """Bob's membership of Acme, as member."""
    return Membership.objects.get(organization=acme, user=bob)


@pytest.fixture
def charlies_place(globex: Organization, charlie: User) -> Membership:
    """Charlie's membership of Globex, as owner."""
    return Membership.objects.get(organization=globex, user=charlie)
