from collections.abc import Iterator

import pytest

from accounts.models import Organization
from tests.factories.accounts import make_organization
from tests.support.receiver import Receiver, receiver


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    """Acme's receiver."""
    with receiver() as listening:
        yield listening


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization("Acme", external_id="customer-1")


@pytest.fixture
def globex(db: None) -> Organization:
    return make_organization("Globex")
