"""
The published description of the API, held against what the API does.

Schemathesis makes requests from the description, good ones and bad ones, as every kind of caller.
An answer that the description does not know, a bad request that is accepted, a good one that is
refused, and every failure of ours is a finding; so is anything adrift in the books afterwards.
"""

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.support.installation import BINARIES, Installation
from tests.verify.figures import Figures

# More than any run sends: what is proven here is not the rate limit.
UNLIMITED: Final = {
    "API_REQUESTS_PER_MINUTE": "10000000",
    "API_USAGE_REQUESTS_PER_MINUTE": "10000000",
    "API_PLATFORM_USAGE_REQUESTS_PER_MINUTE": "10000000",
}
CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
# These two read more into a description than it says: that a value which fits the types is good,
# and that what was made with one request can be read with the parameters of another.
TOO_STRICT: Final = "positive_data_acceptance,ensure_resource_availability"
LONGEST_SECONDS: Final = 3_600


@dataclass(frozen=True)
class Scale:
    """How many requests to make of each operation, for each kind of caller."""

    examples: int


LONG = Scale(examples=100)
SHORT = Scale(examples=5)


def prove_contract(installation: Installation, *, scale: Scale, seed: int) -> Figures:
    """The API keeps what its description promises, whoever calls."""
    started = time.monotonic()
    figures = Figures("what the API's description says")
    keys: dict[str, tuple[str, str]] = installation.call("tests.verify.callers:make_callers")
    installation.variables |= UNLIMITED
    installation.web.start()
    try:
        installation.wait_until_ready()
        shown = {name: secret for name, (_, secret) in keys.items()}
        shown["a token"] = _token(installation, *keys["an organization"])
        for name, secret in (("nobody", ""), *shown.items()):
            report = _run(installation, name, secret, scale=scale, seed=seed)
            _read(report, name, figures=figures)
    finally:
        installation.web.stop()
    for violation in installation.list_violations():
        figures.note_drift(f"{violation}")
    figures.seconds = time.monotonic() - started
    return figures


def _token(installation: Installation, client_id: str, client_secret: str) -> str:
    """Ask for an access token, as an OAuth client does."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    address = f"http://127.0.0.1:{installation.port}/oauth2/token"
    with urlopen(address, urlencode(form).encode(), timeout=30) as answer:
        return str(json.load(answer)["access_token"])


def _run(
    installation: Installation,
    name: str,
    secret: str,
    *,
    scale: Scale,
    seed: int,
) -> Path:
    """Let Schemathesis ask as this caller; return its report."""
    report = installation.folder / f"contract-{name.replace(' ', '-')}.json"
    address = f"http://127.0.0.1:{installation.port}"
    log = installation.folder / "log" / f"{report.stem}.log"
    with log.open("wb") as output:
        subprocess.run(
            [
                str(BINARIES / "schemathesis"),
                *("--config-file", str(CONFIGURATION)),
                "run",
                f"{address}/api/schema/?format=json",
                *("--checks", "all", "--exclude-checks", TOO_STRICT),
                *("--max-examples", str(scale.examples), "--seed", str(seed)),
                *("--report-json-path", str(report), "--continue-on-failure"),
                *("--suppress-health-check", "all", "--no-shrink", "--warnings", "off"),
                *([f"--header=Authorization: Bearer {secret}"] if secret else []),
            ],
            cwd=installation.folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    return report


def _read(report: Path, name: str, *, figures: Figures) -> None:
    """Count what was sent, and note what should not have been answered so."""
    document: dict[str, Any] = json.loads(report.read_text())
    sent = document["test_cases"]["generated"]
    figures.acknowledged += sent
    figures.details[f"as {name}"] = (
        f"{sent:,} requests of {document['operations']['tested']} operations"
    )
    for wrong in (*document["failures"], *document["errors"]):
        where = ", ".join(wrong.get("operations", ()))
        figures.findings.append(f"as {name}: {wrong['title']}: {where} (see {report.stem}.log)")
