"""The account's settings for payments that fail: what Stripe's dashboard keeps under Billing."""

from __future__ import annotations

from billing.sandbox.call import Answer, Visit
from billing.sandbox.engine import dunning
from billing.sandbox.errors import invalid
from billing.sandbox.pages.controls import as_json
from billing.sandbox.routing import page


@page("GET", "/_sandbox/dunning")
def show(visit: Visit) -> Answer:
    policy = dunning.policy(visit.tools)
    return as_json({"pauses": list(policy.pauses), "outcome": policy.outcome})


@page("POST", "/_sandbox/dunning")
def turn(visit: Visit) -> Answer:
    """``pauses`` are the days between attempts ("3 5 7"), ``outcome`` is what follows the last."""
    kept = dunning.policy(visit.tools)
    try:
        pauses = visit.form.get("pauses", " ".join(map(str, kept.pauses))).split()
        new = dunning.Policy(
            pauses=tuple(int(days) for days in pauses),
            outcome=visit.form.get("outcome", kept.outcome),
        )
        dunning.set_policy(visit.tools, new)
    except ValueError as cause:
        raise invalid(f"That is no policy: {cause}") from cause
    return show(visit)
