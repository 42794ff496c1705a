from enum import StrEnum


class ByWhom(StrEnum):
    ACTION = "action"
    ORGANIZATION = "organization"
    PLAN = "plan"

    @classmethod
    def _missing_(cls, value: object) -> "ByWhom | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
