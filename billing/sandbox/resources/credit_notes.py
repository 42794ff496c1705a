"""Credit notes.

Stripe's documentation: "Credit Notes" in the API reference.
"""

from __future__ import annotations

from billing.sandbox.call import Call
from billing.sandbox.engine.crediting import credit, void_note
from billing.sandbox.engine.previews import rehearsal
from billing.sandbox.engine.rows import private, refuse_others, time_of
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

KIND = "credit_note"
KNOWN = frozenset(
    "amount credit_amount effective_at email_type invoice lines memo metadata out_of_band_amount"
    " reason refund_amount".split()
)


@operation("POST", "/v1/credit_notes")
def create(call: Call) -> Row:
    return _credit(call)


@operation("GET", "/v1/credit_notes/preview")
def preview(call: Call) -> Row:
    with rehearsal(call.tools):
        return _credit(call)


@operation("GET", "/v1/credit_notes")
def index(call: Call) -> Row:
    equals = {name: call.params[name] for name in ("customer", "invoice") if name in call.params}
    return listed(call, call.store.list(KIND, **equals))


@operation("GET", "/v1/credit_notes/{id}")
def retrieve(call: Call) -> Row:
    return call.store.get(KIND, call.ids["id"])


@operation("POST", "/v1/credit_notes/{id}")
def update(call: Call) -> Row:
    refuse_others(call.params, known=frozenset({"memo", "metadata"}))
    note = call.store.get(KIND, call.ids["id"])
    return update_row(call.tools, merged(note, call.params), "credit_note.updated")


@operation("POST", "/v1/credit_notes/{id}/void")
def void(call: Call) -> Row:
    note = call.store.get(KIND, call.ids["id"])
    return void_note(call.tools, note, at=time_of(call.tools, note))


@operation("GET", "/v1/credit_notes/{credit_note}/lines")
def lines(call: Call) -> Row:
    return listed(call, private(call.store.get(KIND, call.ids["credit_note"]))["lines"])


def _credit(call: Call) -> Row:
    refuse_others(call.params, known=KNOWN)
    name = call.params["invoice"]
    invoice = call.store.get("invoice", name, param="invoice", status=400)
    return credit(call.tools, invoice, call.params, at=time_of(call.tools, invoice))
