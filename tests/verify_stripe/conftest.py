from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.audit.actor import Actor
from billing.stripe.publishing import publish_waiting
from config import env
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.catalog import make_article_catalog

from .account import Account, Buyer, at_stripe, in_the_sandbox

OPTION = "--against-stripe"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="run the journeys against Stripe itself")


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    """The sandbox, or Stripe when that is asked for."""
    is_stripe = request.config.getoption(OPTION, default=False)
    key = env.text("STRIPE_SECRET_KEY")
    with at_stripe(key) if is_stripe else in_the_sandbox() as account:
        yield account


@pytest.fixture
def buyer(db: None, account: Account) -> Buyer:
    """Somebody new, whom plans wait for."""
    catalog = make_article_catalog()
    assert publish_waiting(now=account.starts_at) > 0
    organization = make_organization("Acme")
    alice = make_person("Alice")
    make_member(organization, alice, "owner")
    return Buyer.come(account, organization, Actor.for_user(alice), catalog)
