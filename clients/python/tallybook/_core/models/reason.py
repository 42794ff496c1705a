from enum import StrEnum


class Reason(StrEnum):
    ALLOWANCE_USED = "allowance_used"
    DEFAULT = "default"
    INCLUDED = "included"
    LIMIT_REACHED = "limit_reached"
    NOT_IN_PLAN = "not_in_plan"
    NO_AGREEMENT = "no_agreement"
    OVERAGE = "overage"
    OVERRIDE = "override"
    PAYMENT_OVERDUE = "payment_overdue"
    SPEND_CAP_REACHED = "spend_cap_reached"
    SWITCHED_OFF = "switched_off"

    @classmethod
    def _missing_(cls, value: object) -> "Reason | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
