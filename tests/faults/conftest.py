"""One installation for all of these tests: durable, migrated, and with nothing in it."""

import shutil
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.support.installation import Installation, new_installation
from tests.verify import CELERY_APP


@pytest.fixture(scope="session")
def blank() -> Iterator[Installation]:
    # Not under pytest's own folder, which only its owner can enter.
    folder = settings.DATA_FOLDER / f"faults-{uuid.uuid4().hex}"
    try:
        with new_installation(folder, celery_app=CELERY_APP) as installation:
            yield installation
            installation.cluster.delete()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
