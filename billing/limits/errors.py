"""Why a limit cannot be set or taken away."""

from config.kernel.errors import DomainError, NotFound


class NothingToLimit(DomainError):
    """Without an agreement nothing is used and nothing costs anything."""

    code = "nothing_to_limit"
    title = "There is no agreement"


class FeatureNotMetered(NotFound):
    """The plan has no such feature, or does not count it."""

    code = "feature_not_metered"
    title = "No such metered feature in the plan"


class ThresholdExists(DomainError):
    """Somebody asked for the same level already, or everybody is told of it anyway."""

    code = "threshold_exists"
    title = "There is such a threshold already"


class TooManyThresholds(DomainError):
    """An organization has a bounded number of thresholds."""

    code = "too_many_thresholds"
    title = "There are too many thresholds"


class ThresholdNotFound(NotFound):
    """There is no such threshold, or it is another organization's."""

    code = "threshold_not_found"
    title = "No such threshold"


class SpendCapNotFound(NotFound):
    """The organization has no spend cap."""

    code = "spend_cap_not_found"
    title = "No spend cap"
