from enum import StrEnum


class KindeAccountPortalLinkSubnav(StrEnum):
    API_KEYS = "api_keys"
    CREDITS = "credits"
    DEVELOPERS = "developers"
    INVOICES = "invoices"
    LIMITS = "limits"
    MEMBERS = "members"
    ORGANIZATION_API_KEYS = "organization_api_keys"
    ORGANIZATION_DETAILS = "organization_details"
    ORGANIZATION_MEMBERS = "organization_members"
    ORGANIZATION_PAYMENT_DETAILS = "organization_payment_details"
    ORGANIZATION_PLAN_DETAILS = "organization_plan_details"
    ORGANIZATION_PLAN_SELECTION = "organization_plan_selection"
    OVERVIEW = "overview"
    PAYMENT = "payment"
    PAYMENT_DETAILS = "payment_details"
    PLAN = "plan"
    PLAN_DETAILS = "plan_details"
    PLAN_SELECTION = "plan_selection"
    PRICING = "pricing"
    PROFILE = "profile"
    SETTINGS = "settings"
    USAGE = "usage"
    USER_API_KEYS = "user_api_keys"

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
