"""What the audit log says about each kind of deed."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

AREAS: Final[dict[str, dict[str, str]]] = {
    gettext_noop("Organization"): {
        "organization.created": gettext_noop("Organization created"),
        "organization.updated": gettext_noop("Settings changed"),
        "organization.properties_changed": gettext_noop("Properties changed"),
        "organization.closed": gettext_noop("Organization closed"),
        "billing_contact.added": gettext_noop("Billing contact added"),
        "billing_contact.updated": gettext_noop("Billing contact changed"),
        "billing_contact.removed": gettext_noop("Billing contact removed"),
        "mail.sent_again": gettext_noop("Mail sent again"),
        "data_export.requested": gettext_noop("Data export requested"),
        "data_export.downloaded": gettext_noop("Data export downloaded"),
        "data_export.removed": gettext_noop("Data export removed"),
    },
    gettext_noop("People"): {
        "invitation.sent": gettext_noop("Invitation sent"),
        "invitation.revoked": gettext_noop("Invitation taken back"),
        "invitation.accepted": gettext_noop("Invitation accepted"),
        "membership.role_changed": gettext_noop("Role changed"),
        "membership.removed": gettext_noop("Member removed"),
        "portal_link.opened": gettext_noop("Portal opened by a link"),
        "staff_visit.started": gettext_noop("Staff looked at your pages"),
        "staff_visit.ended": gettext_noop("Staff stopped looking at your pages"),
    },
    gettext_noop("Developers"): {
        "api_key.issued": gettext_noop("API key issued"),
        "api_key.rotated": gettext_noop("API key renewed"),
        "api_key.revoked": gettext_noop("API key revoked"),
        "sign_in_app.registered": gettext_noop("Sign-in app registered"),
        "sign_in_app.changed": gettext_noop("Sign-in app changed"),
        "sign_in_app.secret_renewed": gettext_noop("Secret of a sign-in app renewed"),
        "sign_in_app.removed": gettext_noop("Sign-in app removed"),
        "webhook_endpoint.registered": gettext_noop("Webhook endpoint added"),
        "webhook_endpoint.changed": gettext_noop("Webhook endpoint changed"),
        "webhook_endpoint.enabled": gettext_noop("Webhook endpoint enabled"),
        "webhook_endpoint.disabled": gettext_noop("Webhook endpoint disabled"),
        "webhook_endpoint.secret_rotated": gettext_noop("Secret of a webhook endpoint renewed"),
        "webhook_endpoint.tested": gettext_noop("Webhook endpoint tested"),
        "webhook_endpoint.resent": gettext_noop("Failed webhooks sent again"),
        "webhook_endpoint.removed": gettext_noop("Webhook endpoint removed"),
        "webhook_delivery.resent": gettext_noop("Webhook sent again"),
    },
    gettext_noop("Plan"): {
        "agreement.created": gettext_noop("Plan agreed on"),
        "agreement.change_requested": gettext_noop("Change of the plan requested"),
        "agreement.change_scheduled": gettext_noop("Change of the plan scheduled"),
        "agreement.change_undone": gettext_noop("Change of the plan undone"),
        "agreement.undo_requested": gettext_noop("Undoing of a change requested"),
        "agreement.plan_changed": gettext_noop("Plan changed"),
        "agreement.seats_changed": gettext_noop("Seats changed"),
        "agreement.trial_ended": gettext_noop("Trial ended"),
        "agreement.period_advanced": gettext_noop("New period begun"),
        "agreement.cancel_requested": gettext_noop("Immediate end of the plan requested"),
        "agreement.end_requested": gettext_noop("End of the plan requested"),
        "agreement.end_scheduled": gettext_noop("End of the plan scheduled"),
        "agreement.resume_requested": gettext_noop("Keeping the plan requested"),
        "agreement.resumed": gettext_noop("Plan kept after all"),
        "agreement.canceled": gettext_noop("Plan ended"),
        "agreement.legacy_plan_given_up": gettext_noop("Legacy plan given up for good"),
        "private_offer.made": gettext_noop("Plan offered to you alone"),
        "private_offer.accepted": gettext_noop("Plan that was offered to you taken"),
        "private_offer.withdrawn": gettext_noop("Plan is not offered to you any more"),
        "private_offer.lapsed": gettext_noop("Offer of a plan lapsed"),
        "repricing_offer.made": gettext_noop("Told of a move to another plan"),
        "repricing_offer.accepted": gettext_noop("Move to another plan accepted"),
        "repricing_offer.declined": gettext_noop("Move to another plan declined"),
        "repricing_offer.applied": gettext_noop("Moved to another plan as told"),
        "repricing_offer.moved_all_the_same": gettext_noop(
            "Moved although the offer was over: we could not stop it in time"
        ),
        "repricing_offer.lapsed": gettext_noop("Offer of another plan lapsed"),
        "repricing_offer.withdrawn": gettext_noop("Offer of another plan withdrawn"),
        "guarantee.started": gettext_noop("No-increase guarantee begun"),
        "guarantee.ended": gettext_noop("No-increase guarantee ended"),
        "flag_override.set": gettext_noop("Feature set for you"),
        "flag_override.removed": gettext_noop("Feature set back to the plan's"),
    },
    gettext_noop("Money"): {
        "checkout.started": gettext_noop("Payment page opened"),
        "billing_details.change_requested": gettext_noop("Company and address changed"),
        "tax_id.addition_requested": gettext_noop("Tax id added"),
        "tax_id.removal_requested": gettext_noop("Tax id removed"),
        "agreement.payment_overdue": gettext_noop("Payment overdue"),
        "agreement.payment_settled": gettext_noop("Overdue payment settled"),
        "late_payment.seen_to": gettext_noop("Late payment seen to"),
        "top_up.ordered": gettext_noop("Credits ordered"),
        "top_up.paid": gettext_noop("Ordered credits paid"),
        "top_up.failed": gettext_noop("Payment of ordered credits failed"),
        "top_up.canceled": gettext_noop("Order of credits taken back"),
        "automatic_top_up.set": gettext_noop("Automatic top-up set"),
        "automatic_top_up.removed": gettext_noop("Automatic top-up removed"),
        "credit_grant.created": gettext_noop("Credits granted"),
        "money_credit.granted": gettext_noop("Credit for invoices given"),
        "spend_cap.set": gettext_noop("Spend cap set"),
        "spend_cap.removed": gettext_noop("Spend cap removed"),
        "usage_threshold.set": gettext_noop("Alert level set"),
        "usage_threshold.removed": gettext_noop("Alert level removed"),
        "outcome.recorded": gettext_noop("Outcome reported"),
        "outcome.confirmed": gettext_noop("Outcome confirmed"),
        "outcome.reversed": gettext_noop("Outcome taken back"),
        "outcome_dispute.opened": gettext_noop("Outcome disputed"),
        "outcome_dispute.upheld": gettext_noop("Dispute of an outcome upheld"),
        "outcome_dispute.rejected": gettext_noop("Dispute of an outcome rejected"),
    },
}
_WORDS: Final = {action: words for area in AREAS.values() for action, words in area.items()}


def action_words(action: str) -> str:
    """What was done, in words; what has none yet is named by its code."""
    words = _WORDS.get(action)
    return action if words is None else _(words)


def action_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that may have been done, by what it is about."""
    return [
        (_(area), [(action, _(words)) for action, words in actions.items()])
        for area, actions in AREAS.items()
    ]
