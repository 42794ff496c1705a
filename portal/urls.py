"""The portal's addresses."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from .api.embed.module import components
from .stripe_door import webhook
from .web import (
    audit,
    contacts,
    credits,
    embedded_pricing,
    exports,
    home,
    invitations,
    invoices,
    language,
    limits,
    members,
    notifications,
    orders,
    organizations,
    overview,
    payment,
    payment_details,
    plan,
    plan_change,
    plan_checkout,
    portal_links,
    pricing,
    properties,
    settings,
    signup,
    staff_visits,
    unsubscribe,
    usage,
    usage_csv,
)


class PublicIdConverter(StringConverter):
    """An id of ours, such as `mbr_...`; everything else is not an address."""

    regex = "[a-z]+_[0-9a-z]{1,36}"


register_converter(PublicIdConverter, "public_id")

app_name = "portal"

urlpatterns = [
    path("api/", include("portal.api.urls")),
    path("ofrep/v1/evaluate/", include("portal.api.ofrep.urls")),
    path("account_api/v1/", include("portal.api.kinde.account_urls")),
    path("stripe/webhook", webhook, name="stripe_webhook"),
    path("embed/v1/tallybook.js", components, name="components"),
    path("", home.home, name="home"),
    path("pricing/", pricing.pricing, name="pricing"),
    path(
        "pricing/preview/<int:version_id>/",
        embedded_pricing.preview_pricing,
        name="preview_pricing",
    ),
    path("pricing/<slug:key>/", pricing.pricing_table, name="pricing_table"),
    path("embed/pricing/<slug:key>/", embedded_pricing.embedded_pricing, name="embedded_pricing"),
    path("signup/", signup.signup, name="signup"),
    path("start/", signup.start, name="start"),
    path("overview/", overview.overview, name="overview"),
    path("usage/", usage.usage, name="usage"),
    path("usage/ledger.csv", usage_csv.ledger_csv, name="ledger_csv"),
    path("usage/grants/<public_id:grant_id>/", usage.grant, name="grant"),
    path("credits/", credits.credits, name="credits"),
    path("credits/order/", orders.order_packs, name="order_packs"),
    path("credits/orders/<public_id:top_up_id>/cancel/", orders.cancel_order, name="cancel_order"),
    path("credits/orders/<public_id:top_up_id>/pay/", orders.pay_order, name="pay_order"),
    path("credits/<slug:feature>/automatic/", credits.set_automatic, name="set_automatic"),
    path(
        "credits/<slug:feature>/automatic/remove/",
        credits.remove_automatic,
        name="remove_automatic",
    ),
    path("limits/", limits.limits, name="limits"),
    path("limits/levels/", limits.add_threshold, name="add_threshold"),
    path(
        "limits/levels/<public_id:threshold_id>/remove/",
        limits.remove_threshold,
        name="remove_threshold",
    ),
    path("limits/cap/", limits.set_spend_cap, name="set_spend_cap"),
    path("limits/cap/remove/", limits.remove_spend_cap, name="remove_spend_cap"),
    path("plan/", plan.plan, name="plan"),
    path("plan/start/", plan_checkout.subscribe, name="subscribe"),
    path("plan/checkout/<slug:checkout_id>/", plan_checkout.checkout, name="checkout"),
    path("plan/change/", plan_change.change, name="change_plan"),
    path("plan/change/undo/", plan_change.undo, name="undo_change"),
    path("plan/cancel/", plan.cancel, name="cancel_plan"),
    path("plan/resume/", plan.resume, name="resume_plan"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/export.csv", invoices.invoices_file, name="invoices_csv"),
    path("invoices/<public_id:invoice_id>/", invoices.invoice, name="invoice"),
    path("payment/", payment.payment, name="payment"),
    path("payment/change/", payment.change_payment, name="change_payment"),
    path("payment/details/", payment_details.details, name="payment_details"),
    path("payment/tax-ids/", payment_details.add, name="add_tax_id"),
    path("payment/tax-ids/<slug:tax_id>/remove/", payment_details.remove, name="remove_tax_id"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<public_id:membership_id>/role/", members.change_role, name="change_role"),
    path("members/<public_id:membership_id>/remove/", members.remove, name="remove_member"),
    path(
        "members/invitations/<public_id:invitation_id>/revoke/",
        members.revoke_invitation,
        name="revoke_invitation",
    ),
    path("developers/", include("portal.web.developers.urls")),
    path("invitations/<slug:token>/", invitations.invitation, name="invitation"),
    path("invitations/<slug:token>/accept/", invitations.accept, name="accept_invitation"),
    path("language/", language.choose_language, name="choose_language"),
    path("portal-links/<slug:link_token>/", portal_links.portal_link, name="portal_link"),
    path("portal-links/<slug:link_token>/enter/", portal_links.enter, name="enter_by_link"),
    path("visits/leave/", portal_links.leave, name="leave_portal"),
    path("visits/end/", staff_visits.end, name="end_staff_visit"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/switch/", organizations.switch, name="switch_organization"),
    path("settings/", settings.settings, name="settings"),
    path("settings/contacts/", contacts.contacts, name="contacts"),
    path("settings/contacts/add/", contacts.add_contact, name="add_contact"),
    path(
        "settings/contacts/billing-email/",
        contacts.change_billing_email,
        name="change_billing_email",
    ),
    path("settings/contacts/<public_id:contact_id>/", contacts.contact, name="contact"),
    path(
        "settings/contacts/<public_id:contact_id>/remove/",
        contacts.remove_contact,
        name="remove_contact",
    ),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/entries.csv", audit.audit_entries, name="audit_entries"),
    path("settings/export/", exports.exports, name="exports"),
    path("settings/export/ask/", exports.ask_for_export, name="ask_for_export"),
    path("settings/export/<public_id:export_id>.zip", exports.export_file, name="export_file"),
    path("settings/properties/", properties.properties, name="properties"),
    path("settings/personal/", settings.personal_settings, name="personal_settings"),
    path("settings/notifications/", notifications.notifications, name="notifications"),
    path("unsubscribe/<str:mail_token>/", unsubscribe.unsubscribe_page, name="unsubscribe"),
]
