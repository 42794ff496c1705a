"""The manners of the API: keys, parameters, lists, expansion, idempotency, faults."""

from __future__ import annotations

import json

import pytest

from billing.sandbox import Faults, Knobs, Sandbox
from billing.sandbox.call import Call
from billing.sandbox.routing import OPERATIONS
from billing.sandbox.store import Row
from tests.sandbox.asking import Client, Clock, Mailbox

CUSTOMERS = "/v1/customers"


@pytest.mark.parametrize(
    "key", ["", "sk_test_short", "pk_test_" + "a" * 24, "sk_" + "live_" + "a" * 24]
)
def test_only_test_keys_are_taken(sandbox: Sandbox, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    answer = sandbox.handle(method="GET", target=CUSTOMERS, headers=headers, body=b"")

    assert answer.status == 401
    assert json.loads(answer.body)["error"]["type"] == "invalid_request_error"


def test_another_version_is_refused(client: Client) -> None:
    answer = client.ask("GET", CUSTOMERS, {}, Stripe_Version="2024-06-20")

    assert answer.status == 400


def test_what_is_not_implemented_is_said_to_be_so(client: Client) -> None:
    status, error = client.refused("GET", "/v1/tokens/tok_1")

    assert status == 404
    assert error == {
        "type": "invalid_request_error",
        "message": "GET /v1/tokens/{token} is not implemented in the sandbox",
    }


def test_an_address_that_stripe_does_not_have_is_unrecognized(client: Client) -> None:
    status, error = client.refused("GET", "/v1/nonsense")

    assert status == 404
    assert error["message"].startswith("Unrecognized request URL (GET: /v1/nonsense)")


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"emial": "a@b.example"}, "parameter_unknown", "emial"),
        ({"address": {"town": "Bonn"}}, "parameter_unknown", "address[town]"),
        ({"balance": "ten"}, "parameter_invalid_integer", "balance"),
        ({"balance": "1e3"}, "parameter_invalid_integer", "balance"),
        ({"tax_exempt": "maybe"}, None, "tax_exempt"),
        ({"email": "a" * 513}, None, "email"),
        ({"email": {"a": "b"}}, None, "email"),
        ({"preferred_locales": {"x": "de"}}, None, "preferred_locales"),
        ({"preferred_locales": {"9" * 5000: "de"}}, None, "preferred_locales"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"tax_id_data": [{"type": "eu_vat"}]}, "parameter_missing", "tax_id_data[0][value]"),
    ],
)
def test_a_wrong_parameter_is_named(
    client: Client, params: dict[str, object], code: str | None, param: str
) -> None:
    status, error = client.refused("POST", CUSTOMERS, **params)

    assert (status, error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error["param"]) == (code, param)
    assert client.get(CUSTOMERS)["data"] == []


@pytest.mark.parametrize(
    "body", [b"email", b"a[b=1", b"email[a]=1&email=2", b"x" + b"[a]" * 20 + b"=1", b"%ff%fe=1"]
)
def test_a_body_that_is_no_form_is_refused(sandbox: Sandbox, body: bytes) -> None:
    headers = {"Authorization": "Bearer sk_test_" + "a" * 24}

    answer = sandbox.handle(method="POST", target=CUSTOMERS, headers=headers, body=body)

    assert answer.status == 400


def test_metadata_is_merged_key_by_key(client: Client) -> None:
    """Stripe's documentation, "Metadata": an emptied key is removed, the others stay."""
    customer = client.post(CUSTOMERS, metadata={"kept": "1", "removed": "2"})
    path = f"{CUSTOMERS}/{customer['id']}"

    changed = client.post(path, metadata={"removed": "", "added": "3"})
    emptied = client.post(path, metadata="")

    assert changed["metadata"] == {"kept": "1", "added": "3"}
    assert emptied["metadata"] == {}


def test_lists_are_paged_newest_first(client: Client) -> None:
    """Stripe's documentation, "Pagination"."""
    oldest, middle, newest = (client.post(CUSTOMERS)["id"] for _ in range(3))

    first = client.get(CUSTOMERS, limit=2)
    second = client.get(CUSTOMERS, limit=2, starting_after=middle)
    back = client.get(CUSTOMERS, limit=1, ending_before=oldest)

    assert ([row["id"] for row in first["data"]], first["has_more"]) == ([newest, middle], True)
    assert ([row["id"] for row in second["data"]], second["has_more"]) == ([oldest], False)
    assert ([row["id"] for row in back["data"]], back["has_more"]) == ([middle], True)
    assert (first["object"], first["url"]) == ("list", CUSTOMERS)


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"starting_after": "cus_gone"}])
def test_a_page_that_cannot_be_is_refused(client: Client, params: dict[str, object]) -> None:
    client.post(CUSTOMERS)

    status, _ = client.refused("GET", CUSTOMERS, **params)

    assert status == 400


def test_lists_are_narrowed_by_the_time_of_creation(client: Client, clock: Clock) -> None:
    early = client.post(CUSTOMERS)
    clock.pass_by(hours=1)
    late = client.post(CUSTOMERS)

    since = client.get(CUSTOMERS, created={"gt": early["created"]})["data"]
    until = client.get(CUSTOMERS, created={"lte": early["created"]})["data"]
    then = client.get(CUSTOMERS, created=late["created"])["data"]

    assert [row["id"] for row in since] == [row["id"] for row in then] == [late["id"]]
    assert [row["id"] for row in until] == [early["id"]]


def test_ids_are_expanded_at_any_depth(client: Client) -> None:
    """Stripe's documentation, "Expanding responses"."""
    customer = client.post(CUSTOMERS, payment_method="pm_card_visa")
    path = f"{CUSTOMERS}/{customer['id']}"
    card = client.get(f"{path}/payment_methods")["data"][0]
    client.post(path, invoice_settings={"default_payment_method": card["id"]})

    listed = client.get(CUSTOMERS, expand=["data.invoice_settings.default_payment_method.customer"])
    inner = listed["data"][0]["invoice_settings"]["default_payment_method"]

    assert (inner["id"], inner["customer"]["id"]) == (card["id"], customer["id"])
    assert "tax_ids" not in customer
    assert client.get(path, expand=["tax_ids"])["tax_ids"]["data"] == []


@pytest.mark.parametrize("path", ["nonsense", "email", "test_clock.nonsense", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_refused(client: Client, path: str) -> None:
    customer = client.post(CUSTOMERS)

    status, error = client.refused("GET", f"{CUSTOMERS}/{customer['id']}", expand=[path])

    assert (status, error["param"]) == (400, "expand")


def test_the_same_key_gives_the_same_answer(client: Client) -> None:
    """Stripe's documentation, "Idempotent requests"."""
    first = client.ask("POST", CUSTOMERS, {"name": "Acme"}, Idempotency_Key="order-1")
    again = client.ask("POST", CUSTOMERS, {"name": "Acme"}, Idempotency_Key="order-1")

    assert (again.status, again.body) == (first.status, first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.get(CUSTOMERS)["data"]) == 1


def test_a_refusal_is_replayed_too_once_execution_had_begun(client: Client) -> None:
    params = {"invoice_settings": {"default_payment_method": "pm_none"}}

    first = client.ask("POST", CUSTOMERS, params, Idempotency_Key="order-2")
    again = client.ask("POST", CUSTOMERS, params, Idempotency_Key="order-2")

    assert (first.status, again.status) == (400, 400)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert client.get(CUSTOMERS)["data"] == []


def test_a_refusal_before_execution_leaves_the_key_unused(client: Client) -> None:
    client.ask("POST", CUSTOMERS, {"nonsense": "1"}, Idempotency_Key="order-3")

    answer = client.ask("POST", CUSTOMERS, {"name": "Acme"}, Idempotency_Key="order-3")

    assert answer.status == 200


def test_other_parameters_under_the_same_key_are_an_error(client: Client) -> None:
    client.ask("POST", CUSTOMERS, {"name": "Acme"}, Idempotency_Key="order-4")

    answer = client.ask("POST", CUSTOMERS, {"name": "Other"}, Idempotency_Key="order-4")

    assert answer.status == 400
    assert json.loads(answer.body)["error"]["type"] == "idempotency_error"


def test_a_key_is_forgotten_after_a_day(client: Client, clock: Clock) -> None:
    first = client.ask("POST", CUSTOMERS, {}, Idempotency_Key="order-5")
    clock.pass_by(hours=24)
    later = client.ask("POST", CUSTOMERS, {}, Idempotency_Key="order-5")

    assert json.loads(first.body)["id"] != json.loads(later.body)["id"]


def test_a_key_that_is_being_used_is_a_conflict(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflicts: list[int] = []
    create = OPERATIONS["POST", CUSTOMERS]

    def create_slowly(call: Call) -> Row:
        if not conflicts:
            conflicts.append(0)
            conflicts[0] = client.ask("POST", CUSTOMERS, {}, Idempotency_Key="order-6").status
        return create(call)

    monkeypatch.setitem(OPERATIONS, ("POST", CUSTOMERS), create_slowly)
    answer = client.ask("POST", CUSTOMERS, {}, Idempotency_Key="order-6")

    assert (answer.status, conflicts) == (200, [409])


def test_an_answer_that_stripe_could_not_give_does_not_leave(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_wrongly(call: Call) -> Row:
        return call.tools.make("customer", "cus", naem="Acme")

    monkeypatch.setitem(OPERATIONS, ("POST", CUSTOMERS), answer_wrongly)

    status, error = client.refused("POST", CUSTOMERS)

    assert (status, error["code"]) == (500, "sandbox_violation")
    assert "naem" in error["message"]


def test_an_event_that_stripe_could_not_send_undoes_the_call(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell_wrongly(call: Call) -> Row:
        customer = call.tools.make("customer", "cus")
        return call.tools.emit_created(customer, "customer.invented")

    monkeypatch.setitem(OPERATIONS, ("POST", CUSTOMERS), tell_wrongly)

    status, error = client.refused("POST", CUSTOMERS)

    assert (status, error["code"]) == (500, "sandbox_violation")
    assert client.get(CUSTOMERS)["data"] == []


@pytest.mark.parametrize(("knob", "status"), [("too_many_requests", 429), ("server_error", 500)])
def test_a_call_may_be_made_to_fail(
    client: Client, sandbox: Sandbox, knob: str, status: int
) -> None:
    sandbox.faults.turn(**{knob: 100})
    refused, _ = client.refused("POST", CUSTOMERS)
    sandbox.faults.turn(**{knob: 0})

    assert refused == status
    assert client.get(CUSTOMERS)["data"] == []


@pytest.mark.parametrize(("knob", "made"), [("timeout_before", 0), ("timeout_after", 1)])
def test_an_answer_may_be_lost(client: Client, sandbox: Sandbox, knob: str, made: int) -> None:
    sandbox.faults.turn(**{knob: 100})
    answer = client.ask("POST", CUSTOMERS, {})
    sandbox.faults.turn(**{knob: 0})

    assert answer.lost
    assert len(client.get(CUSTOMERS)["data"]) == made


def test_faults_are_turned_while_the_sandbox_runs(sandbox: Sandbox) -> None:
    turned = sandbox.handle(
        method="POST", target="/_sandbox/faults", headers={}, body=b"drop=20&delay_seconds=90"
    )
    refused = sandbox.handle(method="POST", target="/_sandbox/faults", headers={}, body=b"drop=101")

    assert (turned.status, refused.status) == (200, 400)
    assert (sandbox.faults.knobs.drop, sandbox.faults.knobs.delay_seconds) == (20, 90)


def test_chance_can_be_repeated() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(Knobs(drop=50), seed=seed)
        return [faults.strikes("drop") for _ in range(200)]

    assert struck(1) == struck(1) != struck(2)
    assert 70 < sum(struck(1)) < 130


def test_a_reset_forgets_everything(client: Client, sandbox: Sandbox) -> None:
    client.post(CUSTOMERS)

    sandbox.handle(method="POST", target="/_sandbox/reset", headers={}, body=b"")

    assert client.get(CUSTOMERS)["data"] == [] and client.events() == []


def test_state_survives_the_process(tmp_path: object, clock: Clock, mailbox: Mailbox) -> None:
    path = f"{tmp_path}/sandbox.sqlite"
    before = Sandbox(path=path, clock=clock, send=mailbox)
    customer = Client(before).post(CUSTOMERS, name="Acme")
    before.close()

    after = Sandbox(path=path, clock=clock, send=mailbox)
    found = Client(after).get(f"{CUSTOMERS}/{customer['id']}")
    after.close()

    assert found == customer
