"""Staff see which mails left, and what each kind of mail says in each language."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from ..choices import MailDrop
from ..mails.kinds import Kind, find_kind, list_kinds
from ..mails.letters import Letter, Occasion
from ..mails.rendering import render_html, render_text, write
from ..mails.sending import send_again
from ..mails.unsubscribing import unsubscribe_url
from ..models import Mail
from .base import ReadOnlyAdmin, actor_of, staff_member
from .filters import ConditionFilter

_EXAMPLE: Final = "eml_example"
# A mail is styled by itself. It runs nothing, loads nothing and goes nowhere.
_MAIL_ALONE: Final = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": [""],
}


class MailState(ConditionFilter):
    title = _("state")
    parameter_name = "state"
    conditions = {
        "waiting": (_("Waiting"), lambda now: Q(due_at__isnull=False)),
        "failing": (_("Failing"), lambda now: Q(due_at__isnull=False) & ~Q(last_error="")),
        "sent": (_("Sent"), lambda now: Q(sent_at__isnull=False)),
        "dropped": (_("Dropped"), lambda now: Q(dropped_at__isnull=False)),
    }


class MailKind(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.code, kind.name) for kind in list_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(notice__kind=self.value()) if self.value() else queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    change_list_template = "admin/accounts/mail/change_list.html"
    list_display = [
        "created_at",
        "state",
        "address",
        "subject",
        "kind",
        "whose",
        "attempt_count",
    ]
    list_filter = [MailState, MailKind]
    list_select_related = ["organization", "notice"]
    search_fields = ["public_id", "address", "organization__name", "organization__public_id"]
    search_help_text = _("Mail, address, or organization")
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["send_again"]
    fields = [
        "public_id",
        "organization",
        "kind",
        "address",
        "user",
        "subject",
        "language",
        "state",
        "created_at",
        "sent_at",
        "due_at",
        "attempt_count",
        "last_error",
    ]

    @admin.display(description=_("kind"))
    def kind(self, mail: Mail) -> str:
        """What kind of mail it is."""
        kind = find_kind(mail.notice.kind)
        return str(kind.name) if kind else mail.notice.kind

    @admin.display(description=_("organization"), ordering="organization__name")
    def whose(self, mail: Mail) -> str:
        """Which organization it is about, in few words."""
        return mail.organization.name if mail.organization else str(_("the installation"))

    @admin.display(description=_("state"))
    def state(self, mail: Mail) -> str:
        """What became of it."""
        if mail.sent_at:
            return str(_("sent"))
        if mail.dropped_at:
            return str(MailDrop(mail.drop_reason).label)
        return str(_("failing") if mail.last_error else _("waiting"))

    def has_again_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may send a mail again."""
        return staff_member(request).has_perm("accounts.change_mail")

    @admin.action(description=_("Send what was refused or given up"), permissions=["again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        """Let mails that never left be due now; mails that were sent are not sent twice."""
        for mail in queryset:
            if send_again(mail=mail, actor=actor_of(request), now=timezone.now()):
                self.message_user(request, f"{mail}: {_('on its way again.')}", messages.SUCCESS)
            else:
                self.message_user(request, f"{mail}: {_('nothing to send.')}", messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("kinds/", guarded(self.kinds), name="accounts_mail_kinds"),
            path(
                "kinds/<slug:code>/<slug:language>/",
                guarded(self.preview),
                name="accounts_mail_preview",
            ),
            path(
                "kinds/<slug:code>/<slug:language>/html/",
                guarded(self.preview_html),
                name="accounts_mail_preview_html",
            ),
            *super().get_urls(),
        ]

    def kinds(self, request: HttpRequest) -> HttpResponse:
        """Every kind of mail, each in every language."""
        return self._page(
            request,
            "admin/accounts/mail/kinds.html",
            title=_("What is mailed"),
            kinds=list_kinds(),
            languages=settings.LANGUAGES,
        )

    @method_decorator(csp_update({"frame-src": ["'self'"]}))
    def preview(self, request: HttpRequest, code: str, language: str) -> HttpResponse:
        """One mail with made-up facts, as text and as a page."""
        kind, letter, unsubscribe = self._example(request, code, language)
        return self._page(
            request,
            "admin/accounts/mail/preview.html",
            title=kind.name,
            kind=kind,
            kinds=list_kinds(),
            language=language,
            languages=settings.LANGUAGES,
            letter=letter,
            text=render_text(letter, language=language, unsubscribe=unsubscribe),
        )

    @method_decorator(csp_replace(_MAIL_ALONE))
    @method_decorator(xframe_options_sameorigin)
    def preview_html(self, request: HttpRequest, code: str, language: str) -> HttpResponse:
        """The mail alone, for the frame beside its text."""
        _kind, letter, unsubscribe = self._example(request, code, language)
        return HttpResponse(render_html(letter, language=language, unsubscribe=unsubscribe))

    def _example(self, request: HttpRequest, code: str, language: str) -> tuple[Kind, Letter, str]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = find_kind(code)
        if kind is None or language not in dict(settings.LANGUAGES):
            raise Http404
        occasion = Occasion(
            organization="Acme",
            zone=ZoneInfo("Europe/Berlin"),
            occurred_at=datetime(2026, 3, 10, 12, tzinfo=UTC),
            data=kind.sample,
        )
        unsubscribe = unsubscribe_url(mail_id=_EXAMPLE) if kind.alert else ""
        return kind, write(kind, occasion, language=language), unsubscribe

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.page(request, template, **context)
