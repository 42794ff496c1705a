from enum import StrEnum


class KindeAccountPortalLinkSubnav(StrEnum):
    ORGANIZATION_DETAILS = "organization_details"
    ORGANIZATION_MEMBERS = "organization_members"
    ORGANIZATION_PAYMENT_DETAILS = "organization_payment_details"
    ORGANIZATION_PLAN_DETAILS = "organization_plan_details"
    ORGANIZATION_PLAN_SELECTION = "organization_plan_selection"
    PAYMENT_DETAILS = "payment_details"
    PLAN_DETAILS = "plan_details"
    PLAN_SELECTION = "plan_selection"
    PROFILE = "profile"

    @classmethod
    def _missing_(cls, value: object) -> "KindeAccountPortalLinkSubnav | None":
        """A word that only a newer server knows is kept as it is."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word

    def __str__(self) -> str:
        return str(self.value)
