"""Where the developers' pages are, below `/developers/`."""

from django.urls import path

from . import deliveries, explorer, keys, quick_start, webhooks

WEBHOOK = "webhooks/<public_id:endpoint_id>"
DELIVERY = f"{WEBHOOK}/deliveries/<public_id:delivery_id>"

urlpatterns = [
    path("", quick_start.developers, name="developers"),
    path("explorer/", explorer.explorer, name="developer_explorer"),
    path("keys/", keys.keys, name="developer_keys"),
    path("keys/issue/", keys.issue_key, name="issue_developer_key"),
    path("keys/<public_id:key_id>/rotate/", keys.rotate_key, name="rotate_developer_key"),
    path("keys/<public_id:key_id>/revoke/", keys.revoke_key, name="revoke_developer_key"),
    path("webhooks/", webhooks.webhooks, name="developer_webhooks"),
    path("webhooks/add/", webhooks.add_endpoint, name="add_webhook"),
    path(f"{WEBHOOK}/", webhooks.endpoint, name="developer_webhook"),
    path(f"{WEBHOOK}/rotate/", webhooks.rotate_secret, name="rotate_webhook"),
    path(f"{WEBHOOK}/switch/", webhooks.switch_endpoint, name="switch_webhook"),
    path(f"{WEBHOOK}/test/", webhooks.send_test, name="test_webhook"),
    path(f"{WEBHOOK}/remove/", webhooks.remove_endpoint, name="remove_webhook"),
    path(f"{WEBHOOK}/resend/", deliveries.resend_failed, name="resend_failed_webhooks"),
    path(f"{DELIVERY}/", deliveries.delivery, name="developer_delivery"),
    path(f"{DELIVERY}/resend/", deliveries.resend, name="resend_webhook"),
]
