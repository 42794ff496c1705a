"""Why packs cannot be defined, ordered or paid."""

from config.kernel.errors import DomainError, NotFound


class PackFixed(DomainError):
    """The code of a pack, and what it is a pack of, never change."""

    code = "pack_fixed"
    title = "This part of a pack does not change"


class PackNotOffered(NotFound):
    """There is no such pack, or it is not on sale in the currency: the two are never told apart."""

    code = "pack_not_offered"
    title = "No such pack on sale"


class PackChanged(DomainError):
    """The pack is no longer sold on the terms that were shown."""

    code = "pack_changed"
    title = "The pack has changed"


class NothingToTopUp(DomainError):
    """The organization's plan does not count the feature, or includes as much as one likes."""

    code = "nothing_to_top_up"
    title = "The plan has no use for the pack"


class OrderWaiting(DomainError):
    """An order of the same pack, `top_up`, waits for its payment."""

    code = "order_waiting"
    title = "Such an order is waiting already"


class TopUpNotFound(NotFound):
    """There is no such top-up, or it is another organization's."""

    code = "top_up_not_found"
    title = "No such top-up"


class TopUpEnded(DomainError):
    """The top-up was paid, failed or was canceled: it ends once."""

    code = "top_up_ended"
    title = "The top-up has ended"


class AutomaticTopUpNotFound(NotFound):
    """No automatic top-up is set for the feature."""

    code = "automatic_top_up_not_found"
    title = "No automatic top-up"
