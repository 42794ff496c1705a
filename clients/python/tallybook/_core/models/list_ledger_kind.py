from enum import StrEnum


class ListLedgerKind(StrEnum):
    CONSUME = "consume"
    COVER = "cover"
    EXPIRE = "expire"
    HOLD = "hold"
    ISSUE = "issue"
    OVERAGE = "overage"
    RELEASE = "release"
    REVERSE = "reverse"
    ROLL_OVER = "roll_over"

    @classmethod
    def _missing_(cls, value: object) -> "ListLedgerKind | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
