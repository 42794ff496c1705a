"""The promise that a move costs no more for some months, kept month by month."""
