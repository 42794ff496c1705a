"""Why an outcome cannot be recorded, confirmed, reversed or disputed."""

from config.kernel.errors import DomainError, Invalid


class OutcomeConflict(DomainError):
    """The reference was used before, for an outcome with other facts."""

    code = "outcome_conflict"
    title = "The reference belongs to another outcome"


class OutcomeReversed(DomainError):
    """The outcome was reversed, and that is final."""

    code = "outcome_reversed"
    title = "The outcome was reversed"


class OutcomeDisputed(DomainError):
    """The customer disputes the outcome, and nobody has decided that yet."""

    code = "outcome_disputed"
    title = "The outcome is disputed"


class ReversalTooLate(DomainError):
    """The days are over in which the outcome could be reversed."""

    code = "reversal_too_late"
    title = "It is too late to reverse the outcome"


class DisputeExists(DomainError):
    """An outcome is disputed once."""

    code = "dispute_exists"
    title = "The outcome was disputed before"


class DisputeDecided(DomainError):
    """A dispute is decided once."""

    code = "dispute_decided"
    title = "The dispute is decided"


class OccurredInFuture(Invalid):
    """The outcome lies ahead."""

    code = "occurred_in_future"
    title = "The outcome lies in the future"
