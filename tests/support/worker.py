"""A Celery worker with tasks that leave a trace, for tests that need one in its own process."""

from __future__ import annotations

import time
from pathlib import Path

from config.celery import app

# A task of a killed worker is given out again after this many seconds.
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 2}


@app.task(name="tests.write")
def write(*, path: str, content: str) -> None:
    with Path(path).open("a") as file:
        file.write(content)


@app.task(name="tests.write_when_allowed")
def write_when_allowed(*, path: str, permission: str) -> None:
    with Path(path).open("a") as file:
        file.write("started\n")
    while not Path(permission).exists():
        time.sleep(0.05)
    with Path(path).open("a") as file:
        file.write("finished\n")
