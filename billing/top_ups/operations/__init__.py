"""Writes of packs and top-ups. Each is one transaction with its audit entry."""

from .automatic import (
    AutomaticSettings,
    order_due_top_ups,
    remove_automatic_top_up,
    set_automatic_top_up,
)
from .ending import cancel_top_up, confirm_top_up, fail_top_up
from .ordering import order_top_up
from .packs import PackDetails, create_pack, update_pack, withdraw_pack

__all__ = [
    "AutomaticSettings",
    "PackDetails",
    "cancel_top_up",
    "confirm_top_up",
    "create_pack",
    "fail_top_up",
    "order_due_top_ups",
    "order_top_up",
    "remove_automatic_top_up",
    "set_automatic_top_up",
    "update_pack",
    "withdraw_pack",
]
