"""What runs by the clock.

Each entry is a sweep: it looks for what is due and is harmless when run twice at once.
"""

from __future__ import annotations

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "ring for due mails": {
        "task": "accounts.ring_for_due_mails",
        "schedule": 30.0,
    },
    "bring agreements current": {
        "task": "billing.bring_agreements_current",
        "schedule": 60.0,
    },
    "close due periods": {
        "task": "billing.close_due_periods",
        "schedule": 60.0,
    },
    "keep guarantees": {
        "task": "billing.keep_guarantees",
        "schedule": 900.0,
    },
    "count seats": {
        "task": "billing.count_seats",
        "schedule": 60.0,
    },
    "take revenue snapshots": {
        "task": "billing.take_revenue_snapshots",
        "schedule": 3_600.0,
    },
    "check books": {
        "task": "billing.check_books",
        "schedule": 86_400.0,
    },
    "confirm due outcomes": {
        "task": "billing.confirm_due_outcomes",
        "schedule": 60.0,
    },
    "handle waiting stripe events": {
        "task": "billing.handle_waiting_stripe_events",
        "schedule": 30.0,
    },
    "finish stripe intents": {
        "task": "billing.finish_stripe_intents",
        "schedule": 60.0,
    },
    "catch up with stripe": {
        "task": "billing.catch_up_with_stripe",
        "schedule": 900.0,
    },
    "let private offers lapse": {
        "task": "billing.let_private_offers_lapse",
        "schedule": 900.0,
    },
    "take down what actions cost by week": {
        "task": "billing.take_cost_weeks",
        "schedule": 3600.0,
    },
    "forget old portal links": {
        "task": "accounts.forget_old_portal_links",
        "schedule": 86_400.0,
    },
    "forget old stripe payloads": {
        "task": "billing.forget_old_stripe_payloads",
        "schedule": 86_400.0,
    },
    "look at waiting subscriptions": {
        "task": "billing.look_at_waiting_subscriptions",
        "schedule": 900.0,
    },
    "collect overage": {
        "task": "billing.collect_overage",
        "schedule": 300.0,
    },
    "settle money credits": {
        "task": "billing.settle_money_credits",
        "schedule": 60.0,
    },
    "look for invoices at stripe": {
        "task": "billing.look_for_invoices",
        "schedule": 3600.0,
    },
    "reconcile with stripe": {
        "task": "billing.reconcile_with_stripe",
        "schedule": 86_400.0,
    },
    "pay automatic top-ups": {
        "task": "billing.pay_automatic_top_ups",
        "schedule": 30.0,
    },
    "bring rehearsed organizations current": {
        "task": "billing.bring_rehearsed_current",
        "schedule": 60.0,
    },
    "publish waiting plans at stripe": {
        "task": "billing.publish_waiting",
        "schedule": 60.0,
    },
    "check what was edited at stripe": {
        "task": "billing.check_drift",
        "schedule": 86_400.0,
    },
    "make due exports": {
        "task": "billing.make_due_exports",
        "schedule": 60.0,
    },
    "make due simulations": {
        "task": "billing.make_due_simulations",
        "schedule": 60.0,
    },
    "remove expired exports": {
        "task": "billing.remove_expired_exports",
        "schedule": 3600.0,
    },
    "send due notices of offers": {
        "task": "billing.send_due_notices",
        "schedule": 60.0,
    },
    "move due offers": {
        "task": "billing.move_due_offers",
        "schedule": 60.0,
    },
    "release expired holds": {
        "task": "metering.release_expired_holds",
        "schedule": 15.0,
    },
    "expire credits": {
        "task": "metering.expire_credits",
        "schedule": 60.0,
    },
    "announce expiring credits": {
        "task": "metering.announce_expiring_credits",
        "schedule": 900.0,
    },
    "announce ending trials": {
        "task": "billing.announce_ending_trials",
        "schedule": 900.0,
    },
    "tell of rate changes": {
        "task": "billing.tell_of_rate_changes",
        "schedule": 900.0,
    },
    "open due price review": {
        "task": "billing.open_due_price_review",
        "schedule": 3600.0,
    },
    "announce usage": {
        "task": "billing.announce_usage",
        "schedule": 60.0,
    },
    "fill rollups": {
        "task": "metering.fill_rollups",
        "schedule": 15.0,
    },
    "ring for due webhooks": {
        "task": "accounts.ring_for_due_webhooks",
        "schedule": 5.0,
    },
    "forget old mails": {
        "task": "accounts.forget_old_mails",
        "schedule": 86_400.0,
    },
    "forget old webhook events": {
        "task": "accounts.forget_old_webhook_events",
        "schedule": 86_400.0,
    },
    "forget old answers": {
        "task": "accounts.forget_old_answers",
        "schedule": 3600.0,
    },
    "forget expired tokens": {
        "task": "accounts.forget_expired_tokens",
        "schedule": 3600.0,
    },
}
