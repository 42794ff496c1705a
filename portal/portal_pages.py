"""The pages of the portal that a link can lead to, by the names that apps know."""

from typing import Final

from django.urls import reverse

# Our own names are those of the pages.
OWN_PAGES: Final = (
    "overview",
    "usage",
    "credits",
    "limits",
    "plan",
    "pricing",
    "invoices",
    "payment",
    "members",
    "developers",
    "settings",
)
FIRST_PAGE: Final = "overview"
# What Kinde calls the parts of its portal, and the pages of ours that are about the same.
KINDE_PAGES: Final = {
    "profile": "personal_settings",
    "organization_details": "settings",
    "organization_members": "members",
    "organization_plan_details": "plan",
    "organization_payment_details": "payment",
    "organization_plan_selection": "pricing",
    "plan_details": "plan",
    "plan_selection": "pricing",
    "payment_details": "payment",
    "organization_api_keys": "developer_keys",
    "user_api_keys": "developer_keys",
    "api_keys": "developer_keys",
}
PAGES: Final = {**{name: name for name in OWN_PAGES}, **KINDE_PAGES}


def address_of_page(page: str) -> str:
    """Return where a page is; the first page for one that is gone since the link was made."""
    return reverse(f"portal:{page if page in PAGES.values() else FIRST_PAGE}")
