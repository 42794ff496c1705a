"""The staff's admin site."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


# Staff log in where everybody does: with the limits on guessing, and the second factor.
@method_decorator(secure_admin_login, name="login")
class TallybookAdminSite(admin.AdminSite):
    site_header = _("Tallybook staff")
    site_title = _("Tallybook staff")
    index_title = _("Overview")
    site_url = "/"
