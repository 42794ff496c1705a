import pytest

from accounts.models import Organization
from billing.models import Agreement, CreditPack
from tests.factories.agreements import make_agreement
from tests.factories.catalog import ArticleCatalog
from tests.factories.top_ups import make_pack


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme is on Professional since 10 September: 5,000 credits a month, in dollars."""
    return make_agreement(acme, "professional")


@pytest.fixture
def small(catalog: ArticleCatalog) -> CreditPack:
    """500 credits for $55.00, which last for a year."""
    return make_pack(catalog.credits, "small", expires_after_months=12)
