"""What is good once is good once when many ask at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.db import connections

from portal.oauth.token import failures
from tests.api.oauth import TokenAnswer
from tests.api.test_oauth_sign_in import Visit
from tests.factories.accounts import make_organization, make_person
from tests.factories.oauth import make_app

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


@pytest.fixture
def visit() -> Visit:
    """Alice and an app."""
    failures.clear()
    cache.clear()
    alice = make_person("Alice")
    make_organization("Acme", owner=alice)
    return Visit(alice, make_app())


def at_once(ask: Callable[[], TokenAnswer]) -> list[TokenAnswer]:
    """Ask in many threads."""

    def run(_: int) -> TokenAnswer:
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_a_code_is_redeemed_once(visit: Visit) -> None:
    visit.sign_in()
    Token.objects.all().delete()
    code = visit.code()
    answers = at_once(lambda: visit.redeem(code))
    assert sorted(answer.status for answer in answers) == [200] + [400] * (AT_ONCE - 1)
    assert Token.objects.filter(type=Token.Type.REFRESH_TOKEN).count() == 1


def test_a_refresh_token_gives_one_successor(visit: Visit) -> None:
    first = visit.sign_in()
    answers = at_once(lambda: visit.refresh(first))
    assert sorted(answer.status for answer in answers) == [200] + [400] * (AT_ONCE - 1)
    assert Token.objects.filter(type=Token.Type.REFRESH_TOKEN).count() == 1
