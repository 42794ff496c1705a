import pytest

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
