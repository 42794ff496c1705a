from enum import StrEnum


class RepricingOfferStatus(StrEnum):
    ACCEPTED = "accepted"
    APPLIED = "applied"
    DECLINED = "declined"
    LAPSED = "lapsed"
    OPEN = "open"
    PREPARED = "prepared"
    WITHDRAWN = "withdrawn"

    @classmethod
    def _missing_(cls, value: object) -> "RepricingOfferStatus | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
