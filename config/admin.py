"""The staff's admin site."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class TallybookAdminSite(admin.AdminSite):
    site_header = _("Tallybook staff")
    site_title = _("Tallybook staff")
    index_title = _("Overview")
    site_url = "/"


class TallybookAdminConfig(AdminConfig):
    default_site = "config.admin.TallybookAdminSite"
