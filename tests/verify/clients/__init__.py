"""
Clients of other languages and other systems, against an installation as customers would have it.

Every `*.test.mjs` here is run by Node's own test runner and finds in its environment what
`.tallybook/demo.env` names in the demo, so each can be run by hand against that as well:

    set -a; . .tallybook/demo.env; node --test tests/verify/clients/typescript.test.mjs

What they need of other packages is in `package.json`.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from config import env
from tests.support.installation import Installation
from tests.support.tls_proxy import tls_proxy
from tests.verify.figures import Figures

FOLDER: Final = Path(__file__).parent
LONGEST_SECONDS: Final = 600
FAILED: Final = re.compile(r"^\s*not ok \d+ - (?P<name>.+)$", re.MULTILINE)
PASSED: Final = re.compile(r"^# pass (?P<count>\d+)$", re.MULTILINE)


def are_possible() -> bool:
    """Whether this machine has Node and npm."""
    return shutil.which("node") is not None and shutil.which("npm") is not None


def prove_clients(installation: Installation) -> Figures:
    """What each client does, the books say as well. Needs Node and npm."""
    started = time.monotonic()
    figures = Figures("clients of others")
    _run("make", "--silent", "client-ts")
    _run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", folder=FOLDER)
    variables: dict[str, str] = installation.call("tests.verify.clients.world:make")
    installation.web.start()
    try:
        installation.wait_until_ready()
        variables["TALLYBOOK_URL"] = url = f"http://127.0.0.1:{installation.port}"
        # Clients that were written for Kinde speak nothing but TLS.
        with tls_proxy(url, folder=installation.folder) as proxy:
            variables |= proxy.environment() | {"KINDE_DOMAIN": proxy.domain}
            for script in sorted(FOLDER.glob("*.test.mjs")):
                _prove(script, variables, figures=figures)
    finally:
        installation.web.stop()
    for violation in installation.list_violations():
        figures.note_drift(f"{violation}")
    figures.seconds = time.monotonic() - started
    return figures


def _prove(script: Path, variables: dict[str, str], *, figures: Figures) -> None:
    """Each test that passes is something acknowledged that is there; others are findings."""
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", script.name],
        cwd=FOLDER,
        env=env.for_child_process(**variables),
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    failed = [found["name"] for found in FAILED.finditer(done.stdout)]
    passed = sum(int(found["count"]) for found in PASSED.finditer(done.stdout))
    figures.acknowledged += passed
    figures.details[script.name] = f"{passed} passed"
    figures.findings.extend(f"{script.name}: {name}" for name in failed)
    if done.returncode != 0 and not failed:
        figures.findings.append(f"{script.name}: {done.stdout[-500:]}{done.stderr[-500:]}")


def _run(*command: str, folder: Path = env.PROJECT_FOLDER) -> None:
    """Raises `RuntimeError` with what the command wrote, if it failed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")
