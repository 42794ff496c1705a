"""The account: whose Stripe this would be."""

from __future__ import annotations

from billing.sandbox.call import Call
from billing.sandbox.routing import operation
from billing.sandbox.skeleton import shape
from billing.sandbox.store import Row

# The same for ever: others keep what they learned under it.
ACCOUNT = "acct_1SandboxNotStripe"
NAME = "Sandbox (not Stripe)"


@operation("GET", "/v1/account")
def retrieve(call: Call) -> Row:
    settings = shape("account_settings")
    settings["dashboard"] = {"display_name": NAME, "timezone": "Etc/UTC"}
    return call.tools.make(
        "account",
        "acct",
        id=ACCOUNT,
        created=0,
        business_type="company",
        charges_enabled=True,
        country="US",
        default_currency="usd",
        details_submitted=True,
        metadata={},
        payouts_enabled=True,
        settings=settings,
        type="standard",
    )
