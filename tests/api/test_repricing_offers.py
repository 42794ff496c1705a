"""Offers over the API: their numbers, answers, and dates that are refused."""

import pytest

from accounts.models import AuditEntry
from billing.models import RepricingOffer
from tests.api.conftest import NOW, World
from tests.factories.accounts import make_member, make_person
from tests.factories.offers import make_offer, offer_of

# Acme subscribed on 10 September; 90 days from 20 September end on 19 December.
MOVES = "2027-01-10T08:00:00Z"


@pytest.fixture
def offer(world: World) -> RepricingOffer:
    """Acme pays $299 for Professional, and would pay $99 for Starter."""
    make_member(world.acme, make_person("Alberta"), "billing")
    return make_offer(
        world.agreement, world.catalog.starter, at=NOW, now_minor=29_900, then_minor=9_900
    )


def test_an_offer_has_the_customers_numbers_and_its_date(
    world: World, offer: RepricingOffer
) -> None:
    answer = world.as_acme.get("repricing-offers")
    assert answer.status == 200
    [told] = answer.body["data"]
    assert (told["id"], told["status"], told["verdict"]) == (offer.public_id, "open", "saves")
    assert (told["from_plan"], told["plan"]) == ("professional", "starter")
    assert told["saving"] == {"amount_minor": 20_000, "currency": "USD"}
    assert (told["noticed_at"], told["effective_at"]) == ("2026-09-20T12:00:00Z", MOVES)
    [plan] = told["plans"]
    assert (plan["plan"], plan["is_eligible"], plan["is_offered"]) == ("starter", True, True)
    assert world.as_acme.get(f"repricing-offers/{offer.public_id}").body == told


def test_nobody_sees_or_answers_the_offer_of_another(world: World, offer: RepricingOffer) -> None:
    assert world.as_crane.get("repricing-offers").body["data"] == []
    for deed in ("accept", "decline"):
        path = f"repricing-offers/{offer.public_id}/{deed}"
        assert world.as_crane.post(path, {}).status == 404
    assert offer_of(world.acme).status == "open"


def test_accepted_and_taken_back(world: World, offer: RepricingOffer) -> None:
    path = f"repricing-offers/{offer.public_id}"
    accepted = world.as_acme.post(f"{path}/accept", {})
    assert (accepted.status, accepted.body["status"]) == (200, "accepted")
    assert accepted.body["effective_at"] == MOVES
    entry = AuditEntry.objects.get(action="repricing_offer.accepted")
    assert entry.actor.startswith("API key ")
    declined = world.as_acme.post(f"{path}/decline", {})
    assert (declined.status, declined.body["status"]) == (200, "declined")


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-12-10T08:00:00Z", "notice_too_short"),
        ("2026-10-10T08:00:00Z", "notice_too_short"),
        ("2027-01-10T08:00:01Z", "mid_contract"),
        ("2027-01-20T08:00:00Z", "mid_contract"),
    ],
)
def test_no_move_before_the_notice_has_run_nor_mid_contract(
    world: World, offer: RepricingOffer, at: str, code: str
) -> None:
    path = f"repricing-offers/{offer.public_id}/accept"
    answer = world.as_acme.post(path, {"effective_at": at})
    assert (answer.status, answer.body["code"]) == (400, code)
    assert offer_of(world.acme).status == "open"


def test_a_waiver_brings_it_to_the_next_renewal(world: World, offer: RepricingOffer) -> None:
    path = f"repricing-offers/{offer.public_id}/accept"
    answer = world.as_acme.post(path, {"waives_notice": True})
    assert answer.body["effective_at"] == "2026-10-10T08:00:00Z"
    assert answer.body["waives_notice"] is True


def test_where_everybody_moves_it_cannot_be_declined(world: World) -> None:
    make_member(world.acme, make_person("Alberta"), "billing")
    offer = make_offer(world.agreement, world.catalog.starter, at=NOW, must_move=True)
    answer = world.as_acme.post(f"repricing-offers/{offer.public_id}/decline", {})
    assert (answer.status, answer.body["code"]) == (409, "move_is_due")


@pytest.mark.parametrize(
    "value",
    [
        *("", "x", 5, True, [], {}, "2026-13-01T00:00:00Z", "2027-01-10T08:00:00", "\x00"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2027-01-10T08:00:00+99:00"),
    ],
)
def test_what_is_no_date_or_no_answer_is_refused(
    world: World, offer: RepricingOffer, value: object
) -> None:
    path = f"repricing-offers/{offer.public_id}/accept"
    for body in ({"effective_at": value}, {"effective_at": value, "waives_notice": True}):
        assert world.as_acme.post(path, body).status in (400, 409, 422)
    if value is not True:
        assert world.as_acme.post(path, {"waives_notice": value}).status == 400
    assert offer_of(world.acme).status == "open"
