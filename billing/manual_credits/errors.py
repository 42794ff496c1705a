"""Refusals about credits that are given by hand."""

from config.kernel.errors import DomainError, Forbidden, NotFound


class ManualCreditNotFound(NotFound):
    """There is no such credit to decide."""

    code = "manual_credit_not_found"
    title = "There is no such manual credit"


class AlreadyDecided(DomainError):
    """Somebody has decided it."""

    code = "already_decided"
    title = "It was decided already"


class SamePerson(Forbidden):
    """Whoever asked does not decide."""

    code = "same_person"
    title = "A second person decides"
