"""The hooks of the login pages (allauth)."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse

from .models import Membership, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """How people sign up and log in here, where it differs from allauth's own way."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail a person. The mail names the product, not the host that the request came to."""
        site = {"name": "Tallybook", "domain": urlsplit(settings.PUBLIC_URL).netloc}
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an address that somebody signed up with it, as slowly as signing up."""
        # A new account's password is hashed: without it the answer would come noticeably sooner.
        make_password(email)
        super().send_account_already_exists_mail(email)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff who belong to no customer go to the staff pages, everybody else to the portal."""
        user = request.user
        assert isinstance(user, User)
        if user.is_staff and not Membership.objects.filter(user=user).exists():
            return reverse("admin:index")
        return str(super().get_login_redirect_url(request))
