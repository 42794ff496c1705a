"""Chance that can be repeated."""

import random


def chance_of(seed: int | str) -> random.Random:
    """Return what draws at random, and draws the same again for the same seed."""
    return random.Random(seed)
