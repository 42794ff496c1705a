"""`make verify-stripe`: the journeys against Stripe itself, with the key in STRIPE_SECRET_KEY."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from config import env

TEST_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9]{24,}")
NEEDED = """\
make verify-stripe runs against Stripe and needs a test key:

  STRIPE_SECRET_KEY=sk_test_... make verify-stripe

In the test mode of that account it makes test clocks with customers, whom it deletes at the end,
and products, prices and coupons, which stay. It takes some minutes, and never takes a live key.
"""


def main() -> int:
    """Run the journeys; return 0 if all of them pass and Stripe's answers have the known shape."""
    if TEST_KEY.fullmatch(env.text("STRIPE_SECRET_KEY")) is None:
        sys.stderr.write(NEEDED)
        return 2
    return pytest.main(["-n0", "-v", "--against-stripe", str(Path(__file__).parent)])


if __name__ == "__main__":
    sys.exit(main())
