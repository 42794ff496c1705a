"""Run the sandbox: ``python -m billing.sandbox --file PATH --port 12111``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from billing.sandbox.server import serve

LIVE = "_live_"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="billing.sandbox", description="A local stand-in for Stripe. It is not Stripe."
    )
    parser.add_argument("--file", type=Path, required=True, help="the SQLite file of its state")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--url", help="how browsers reach it, if not by host and port")
    given = parser.parse_args()
    if LIVE in os.environ.get("STRIPE_SECRET_KEY", ""):
        sys.exit("STRIPE_SECRET_KEY is a live key. The sandbox does not run beside real money.")
    serve(
        file=given.file,
        host=given.host,
        port=given.port,
        url=given.url or f"http://{given.host}:{given.port}",
    )


if __name__ == "__main__":
    main()
