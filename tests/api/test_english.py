"""The API speaks English, whatever a client accepts: programs read it, and people search for it."""

from django.utils import translation

from .conftest import World

GERMAN = {"Accept_Language": "de-DE,de;q=0.9"}


def test_a_refusal_is_english(world: World) -> None:
    answer = world.as_acme.post(
        "usage", {"id": "e1", "action": "NO_SUCH_ACTION", "quantity": "1"}, **GERMAN
    )

    assert answer.status == 422
    assert "rate card" in answer.body["detail"]


def test_a_thread_that_served_a_german_page_answers_programs_in_english(world: World) -> None:
    with translation.override("de"):
        answer = world.as_acme.post("webhook-endpoints", {"url": "ftp://x.example"}, **GERMAN)

    assert answer.status == 400
    assert "The address must start with https://." in answer.raw.decode()


def test_a_balance_is_said_in_english(world: World) -> None:
    with translation.override("de"):
        answer = world.as_acme.get("balances", **GERMAN)

    assert answer.status == 200
    assert "Kontingent" not in answer.raw.decode()
