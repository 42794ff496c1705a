import pytest

from accounts.models import Organization
from metering.models import Meter
from tests.factories.metering import make_credit_meter


@pytest.fixture
def meter(db: None) -> Meter:
    """The meter `ai_credits` with the article's rate card."""
    return make_credit_meter()


@pytest.fixture
def acme(db: None) -> Organization:
    """Alice's organization."""
    return Organization.objects.create(name="Acme", currency="USD")


@pytest.fixture
def globex(db: None) -> Organization:
    """Charlie's organization: a stranger to Acme."""
    return Organization.objects.create(name="Globex", currency="USD")
