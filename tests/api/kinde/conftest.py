"""What the tests of Kinde's dialect share."""

from tests.api.conftest import clock, world

__all__ = ["clock", "world"]
