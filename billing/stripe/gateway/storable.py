"""What Stripe says, made fit to be kept."""

from collections.abc import Mapping
from typing import Any


def storable(said: Any) -> Any:
    """
    The same without what opens something (client secrets, links into Stripe's portal), and
    without what PostgreSQL cannot hold.
    """
    if isinstance(said, list):
        return [storable(each) for each in said]
    if isinstance(said, str):
        return said.replace("\0", "").encode("utf-8", "replace").decode()
    if not isinstance(said, Mapping):
        return said
    is_portal = said.get("object") == "billing_portal.session"
    return {
        storable(name): "" if _opens_something(name, is_portal=is_portal) else storable(value)
        for name, value in said.items()
    }


def _opens_something(name: str, *, is_portal: bool) -> bool:
    return name.endswith("secret") or (is_portal and name == "url")
