"""Why an offer cannot be made, answered or moved."""

from config.kernel.errors import DomainError, Invalid, NotFound


class OfferNotFound(NotFound):
    """There is no such offer, or it is another organization's, or nobody was told of it yet."""

    code = "repricing_offer_not_found"
    title = "No such offer"


class OfferOver(DomainError):
    """The offer was answered, has lapsed or was taken back: there is nothing to answer any more."""

    code = "repricing_offer_over"
    title = "The offer is over"


class OfferDatePassed(DomainError):
    """The move has come so close that an answer does not change it any more."""

    code = "repricing_offer_date_passed"
    title = "The move is under way"


class NoticeTooShort(Invalid):
    """Nothing takes effect before the notice has run, unless the customer waives it expressly."""

    code = "notice_too_short"
    title = "The notice has not run by then"


class MidContract(Invalid):
    """Nothing changes while a period is paid for: only when one ends."""

    code = "mid_contract"
    title = "A period is paid for at that time"


class MoveIsDue(DomainError):
    """Everybody moves: who does not want to can end the plan before."""

    code = "move_is_due"
    title = "The move cannot be declined"


class CampaignNotReady(DomainError):
    """A campaign is opened once, when it is a draft whose simulation is done."""

    code = "campaign_not_ready"
    title = "The campaign cannot be opened"


class CampaignNotRunning(DomainError):
    """Only a campaign that runs can be closed."""

    code = "campaign_not_running"
    title = "The campaign does not run"
