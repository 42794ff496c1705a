"""The portal's addresses."""

from django.urls import include, path

from .web import (
    home,
    invitations,
    members,
    organizations,
    overview,
    pricing,
    settings,
    signup,
    usage,
)

app_name = "portal"

urlpatterns = [
    path("api/", include("portal.api.urls")),
    path("", home.home, name="home"),
    path("pricing/", pricing.pricing, name="pricing"),
    path("signup/", signup.signup, name="signup"),
    path("start/", signup.start, name="start"),
    path("overview/", overview.overview, name="overview"),
    path("usage/", usage.usage, name="usage"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<str:membership_id>/role/", members.change_role, name="change_role"),
    path("members/<str:membership_id>/remove/", members.remove, name="remove_member"),
    path(
        "members/invitations/<str:invitation_id>/revoke/",
        members.revoke_invitation,
        name="revoke_invitation",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", invitations.accept, name="accept_invitation"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/switch/", organizations.switch, name="switch_organization"),
    path("settings/", settings.settings, name="settings"),
    path("settings/personal/", settings.personal_settings, name="personal_settings"),
]
