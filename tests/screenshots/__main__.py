"""`make screenshots`: every page that a link leads to, as visitors, customers and staff see it."""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config import env
from config.embedded import find_free_port
from tests.screenshots.walking import take_pictures

SECONDS_TO_START = 900
PICTURES = env.PROJECT_FOLDER / "docs" / "screenshots"


@contextmanager
def running_demo(folder: Path) -> Iterator[Mapping[str, str]]:
    """Start a demo of its own, with fresh data, and say what its `demo.env` says."""
    port, sandbox_port = find_free_port(), find_free_port()
    # The demo's sweeps and mails write to its log, which stays for whoever wants to know.
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "screenshots.log").open("wb")
    demo = subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=env.PROJECT_FOLDER,
        env=os.environ
        | {
            "PORT": str(port),
            "SANDBOX_PORT": str(sandbox_port),
            "RESET": "1",
            "TALLYBOOK_DATA": str(folder),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_ready(demo, f"http://127.0.0.1:{port}/readyz")
        yield _read(folder / "demo.env")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait()
        log.close()


def _read(file: Path) -> dict[str, str]:
    lines = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return {name.strip(): value for name, value in lines if not name.startswith("#")}


def _wait_until_ready(demo: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if demo.poll() is not None:
            raise SystemExit("The demo did not start; .tallybook/screenshots has its log.")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise SystemExit("The demo does not get ready; .tallybook/screenshots has its log.")


def main() -> int:
    """Take the pictures, and say what is wrong with the pages on the way."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="", help="visitor, customer, states or staff")
    only = arguments.parse_args().only
    with running_demo(env.data_folder() / "screenshots") as demo:
        findings = take_pictures(demo, folder=PICTURES, only=only)
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
