"""Money in answers."""

import msgspec

from config.kernel.money import Money


class Amount(msgspec.Struct, frozen=True):
    """Whole minor units beside their currency: 9900 USD is $99.00."""

    amount_minor: int
    currency: str


def present_money(money: Money) -> Amount:
    """Write an amount of money."""
    return Amount(money.minor, money.currency)
