from enum import StrEnum


class SummarizeUsageBy(StrEnum):
    ACTION = "action"
    API_KEY = "api_key"
    DAY = "day"
    HOUR = "hour"
    MEMBER = "member"

    @classmethod
    def _missing_(cls, value: object) -> "SummarizeUsageBy | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
