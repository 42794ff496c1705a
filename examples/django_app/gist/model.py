"""The AI, or what stands in for it: no network, and the same answer every time."""

from dataclasses import dataclass
from math import ceil

WORDS_PER_PAGE = 200
WORDS_OF_A_SUMMARY = 12
FEWEST_WORDS = 5


class ModelFailed(Exception):
    """The model did not answer. It happens."""


@dataclass(frozen=True)
class Summary:
    """What the model says, and how many pages it has really read."""

    text: str
    pages: int


def pages_of(text: str) -> int:
    """How many pages a text has at most: what a summary can take."""
    return max(ceil(len(text.split()) / WORDS_PER_PAGE), 1)


def summarize(text: str) -> Summary:
    """The gist of a text, up to a line that says END. Raises `ModelFailed`."""
    words = text.partition("\nEND")[0].split()
    if len(words) < FEWEST_WORDS:
        raise ModelFailed(f"A text of fewer than {FEWEST_WORDS} words has no gist.")
    gist = " ".join(words[:WORDS_OF_A_SUMMARY])
    return Summary(f"{len(words)} words: {gist} …", pages_of(" ".join(words)))
