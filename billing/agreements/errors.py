"""Why an agreement cannot be made or ended."""

from config.kernel.errors import DomainError, Invalid


class AgreementExists(DomainError):
    """An organization has at most one live agreement."""

    code = "agreement_exists"
    title = "There is an agreement already"


class PriceNotOffered(Invalid):
    """The plan is not sold in this currency or for this interval. Nothing is converted."""

    code = "price_not_offered"
    title = "The plan has no such price"


class NotEnoughSeats(DomainError):
    """The organization has more members than the agreement would have seats."""

    code = "not_enough_seats"
    title = "Not enough seats"


class EarlierUsage(DomainError):
    """An earlier agreement, or usage of it, reaches past the start of the new one."""

    code = "earlier_usage"
    title = "An earlier agreement reaches into that time"


class OrganizationClosed(DomainError):
    """A closed organization agrees to nothing."""

    code = "organization_closed"
    title = "The organization is closed"


class AgreementEnded(DomainError):
    """The agreement was canceled already."""

    code = "agreement_ended"
    title = "The agreement has ended"


class SamePlan(DomainError):
    """The agreement is on that plan version already."""

    code = "same_plan"
    title = "The plan is the same"


class NotAnUpgrade(DomainError):
    """What is cheaper and takes something away begins when the period that is paid for ends."""

    code = "not_an_upgrade"
    title = "Only an upgrade takes effect at once"


class PaymentOverdue(DomainError):
    """More is granted once what is overdue has been paid."""

    code = "payment_overdue"
    title = "A payment is overdue"


class FewerSeats(DomainError):
    """Seats that are paid for stay until the period ends."""

    code = "fewer_seats"
    title = "Fewer seats begin with the next period"


class NothingChanges(DomainError):
    """The agreement is what is asked for already."""

    code = "nothing_changes"
    title = "Nothing would change"


class NothingScheduled(DomainError):
    """There is no change that waits."""

    code = "nothing_scheduled"
    title = "No change is scheduled"


class AgreementEnding(DomainError):
    """Nothing changes after the end."""

    code = "agreement_ending"
    title = "The agreement is going to end"


class OnTrial(DomainError):
    """Nothing is paid for during a trial."""

    code = "on_trial"
    title = "The agreement is on trial"
