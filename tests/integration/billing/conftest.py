import pytest
from django.test import Client

from accounts.models import Organization, User
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.catalog import ArticleCatalog, make_article_catalog


@pytest.fixture
def catalog(db: None) -> ArticleCatalog:
    """The article's plans, on sale."""
    return make_article_catalog()


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
def sam(db: None) -> User:
    """Runs the installation."""
    return make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    """Sam's browser."""
    client.force_login(sam)
    return client
