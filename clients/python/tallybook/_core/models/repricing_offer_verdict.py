from enum import StrEnum


class RepricingOfferVerdict(StrEnum):
    NO_PLAN = "no_plan"
    PAYS_MORE = "pays_more"
    SAME = "same"
    SAVES = "saves"

    @classmethod
    def _missing_(cls, value: object) -> "RepricingOfferVerdict | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
