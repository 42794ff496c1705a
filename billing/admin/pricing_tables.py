"""Staff make pricing tables, look at drafts as visitors would, publish them, and go back."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyInline, Way, actor_of

from ..models import Plan, PricingTable, PricingTableVersion
from ..pricing_tables.operations import (
    TableDetails,
    create_pricing_table,
    discard_draft,
    edit_draft,
    make_default,
    publish,
    restore,
    set_live,
    start_draft,
    update_pricing_table,
)
from ..pricing_tables.queries import content_of
from ..pricing_tables.review import review_version
from .pages import ConfirmForm, DeedAdmin, Entered, View
from .pricing_table_forms import BuilderForm, NewTableForm, TableForm
from .versions import PublishForm

THEMES = {"auto": _("As the system"), "light": _("Light"), "dark": _("Dark")}


class TableVersionInline(ReadOnlyInline):
    """Everything that visitors were shown, and the draft."""

    model = PricingTableVersion
    fields = ["version", "published_at", "published_by", "again"]
    readonly_fields = ["version", "published_at", "published_by", "again"]
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingTableVersion]:
        """With whether a later one is shown in its place."""
        later = PricingTableVersion.objects.filter(
            table=OuterRef("table"), number__gt=OuterRef("number"), published_at__isnull=False
        )
        found: QuerySet[PricingTableVersion] = super().get_queryset(request)
        return found.annotate(is_replaced=Exists(later))

    @admin.display(description=_("version"))
    def version(self, version: PricingTableVersion) -> SafeString:
        """The number, which leads to the preview."""
        url = reverse("admin:billing_pricingtable_preview", args=[version.table_id, version.pk])
        return format_html('<a href="{}">{}</a>', url, version.number)

    @admin.display(description="")
    def again(self, version: Any) -> SafeString | str:
        """The way back to what is not shown any more."""
        if version.published_at is None:
            return str(_("draft"))
        if not version.is_replaced:
            return ""
        url = reverse("admin:billing_pricingtable_restore", args=[version.table_id, version.number])
        return format_html('<a href="{}">{}</a>', url, _("Show it again"))


@admin.register(PricingTable)
class PricingTableAdmin(DeedAdmin):
    list_display = ["name", "key", "plan_group", "is_live", "is_default", "shown", "has_draft"]
    list_filter = ["is_live", "is_default", "plan_group"]
    list_select_related = ["plan_group"]
    search_fields = ["key", "name"]
    ordering = ["-is_default", "-is_live", "key"]
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingTable]:
        tables: QuerySet[PricingTable] = super().get_queryset(request)
        is_draft = Q(versions__published_at=None, versions__isnull=False)
        return tables.select_related("plan_group").annotate(
            shown_number=Max("versions__number", filter=Q(versions__published_at__isnull=False)),
            draft_count=Count("versions", filter=is_draft),
        )

    @admin.display(description=_("shown version"), ordering="shown_number")
    def shown(self, table: Any) -> int | None:
        """The number of the newest published version."""
        number: int | None = table.shown_number
        return number

    @admin.display(description=_("draft"), boolean=True, ordering="draft_count")
    def has_draft(self, table: Any) -> bool:
        """Whether the next version is being written."""
        return bool(table.draft_count)

    @admin.display(description=_("address"))
    def address(self, table: PricingTable) -> SafeString:
        """Where visitors find it."""
        url = settings.PUBLIC_URL + reverse("portal:pricing_table", args=[table.key])
        return format_html('<a href="{}">{}</a>', url, url)

    @admin.display(description=_("to embed it"))
    def snippet(self, table: PricingTable) -> SafeString:
        """What a web page needs: the script makes the frame as tall as the table."""
        # The name without a digest: web sites keep it for years.
        source = f"{settings.PUBLIC_URL}{settings.STATIC_URL}js/pricing_embed.js"
        frame = settings.PUBLIC_URL + reverse("portal:embedded_pricing", args=[table.key])
        return format_html(
            "<pre>{}</pre><p>{}</p><pre>{}</pre>",
            f'<script async src="{source}" data-table="{table.key}"></script>',
            _("Or, without a script:"),
            f'<iframe src="{frame}" title="{_("Pricing")}" width="100%" height="900"></iframe>',
        )

    def get_form(self, request: HttpRequest, obj: Any = None, *rest: Any, **kwargs: Any) -> Any:
        form = NewTableForm if obj is None else TableForm
        return super().get_form(request, obj, *rest, **{**kwargs, "form": form})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("key", "name", "plan_group")
        state = ("is_live", "is_default", "address", "snippet")
        return ("key", "plan_group", "name", "frame_ancestors", *state)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return ["key", "plan_group", "is_live", "is_default", "address", "snippet"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [TableVersionInline]

    def deeds(self) -> dict[str, View]:
        return {
            "draft": self.draft_view,
            "edit": self.edit_view,
            "publish": self.publish_view,
            "discard": self.discard_view,
            "live": self.live_view,
            "off": self.off_view,
            "default": self.default_view,
            "restore/<int:number>": self.restore_view,
            "preview/<int:version_id>": self.preview_view,
        }

    def ways(self, request: HttpRequest, row: Any) -> Iterator[Way]:
        if not self.has_change_permission(request, row):
            return
        if row.draft_count:
            yield self.way(_("Write the draft"), "edit", row)
            yield self.way(_("Review and publish"), "publish", row)
            if row.shown_number:
                yield self.way(_("Throw away"), "discard", row)
        else:
            yield self.way(_("Start the next version"), "draft", row)
        if row.is_live:
            if not row.is_default:
                yield self.way(_("Make it the default"), "default", row)
            yield self.way(_("Take it off"), "off", row)
        elif row.shown_number:
            yield self.way(_("Put it live"), "live", row)

    def save_model(self, request: HttpRequest, obj: PricingTable, form: Any, change: Any) -> None:
        entered, actor, now = form.cleaned_data, actor_of(request), timezone.now()
        if not change:
            details = TableDetails(**entered)
            obj.pk = create_pricing_table(details=details, actor=actor, now=now).pk
            return
        update_pricing_table(
            table=obj,
            name=entered["name"],
            frame_ancestors=entered["frame_ancestors"],
            actor=actor,
            now=now,
        )

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Start the next version, and go to the builder."""

        def start(table: PricingTable, **by: Any) -> str:
            start_draft(table=table, **by)
            return reverse("admin:billing_pricingtable_edit", args=[table.pk])

        return self._confirmed(request, pk, _("Start the next version of %s"), start)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Throw the draft away when the button is pressed."""
        return self._confirmed(
            request, pk, _("Throw the draft of %s away"), _and_go_back(discard_draft)
        )

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the table to visitors when the button is pressed."""
        return self._confirmed(
            request, pk, _("Put %s live"), _and_go_back(partial(set_live, is_live=True))
        )

    def off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the table off when the button is pressed."""
        return self._confirmed(
            request, pk, _("Take %s off"), _and_go_back(partial(set_live, is_live=False))
        )

    def default_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make it the default table when the button is pressed."""
        return self._confirmed(
            request, pk, _("Make %s the default table"), _and_go_back(make_default)
        )

    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Show an earlier version again when the button is pressed."""
        title = _("Show version %(number)s of %%s again") % {"number": number}
        return self._confirmed(request, pk, title, _and_go_back(partial(restore, number=number)))

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write what the draft says."""
        self.require(request, "change")
        table, draft = self._draft_of(request, pk)

        def write(entered: Entered) -> HttpResponse:
            edit_draft(
                table=table,
                content=entered["content"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            self.message_user(request, _("The draft was saved."), messages.SUCCESS)
            if "_preview" in request.POST:
                return HttpResponseRedirect(
                    reverse("admin:billing_pricingtable_preview", args=[table.pk, draft.pk])
                )
            return HttpResponseRedirect(request.path)

        return self.deed_page(
            request,
            partial(BuilderForm, plans=_list_plans(table), content=content_of(draft)),
            write,
            title=_("Write the draft of %s") % table.name,
            template="admin/billing/pricingtable/builder.html",
            row=table,
            explain=lambda: {"draft": draft},
        )

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what publishing would change; publish when the button is pressed."""
        self.require(request, "change")
        table, draft = self._draft_of(request, pk)

        def put_up(entered: Entered) -> HttpResponse:
            version = publish(
                table=table,
                reviewed=entered["reviewed"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            self.message_user(request, _("%s is published.") % version, messages.SUCCESS)
            return HttpResponseRedirect(_page_of(table))

        return self.deed_page(
            request,
            PublishForm,
            put_up,
            title=_("Publish %s") % draft,
            template="admin/billing/pricingtable/publish.html",
            row=table,
            explain=lambda: _reviewed(table, draft),
        )

    @method_decorator(csp_update({"frame-src": ["'self'"]}))
    def preview_view(self, request: HttpRequest, pk: int, version_id: int) -> HttpResponse:
        """Show a version as visitors would see it, in each language and theme."""
        self.require(request, "view")
        table = self.find(request, pk)
        version = table.versions.filter(pk=version_id).first()
        if version is None:
            raise Http404
        languages = {code: str(name) for code, name in settings.LANGUAGES}
        language = _chosen(request, "language", languages, settings.LANGUAGE_CODE)
        theme = _chosen(request, "theme", THEMES, "auto")
        query = {"language": language, "theme": theme}
        frame = reverse("portal:preview_pricing", args=[version.pk])
        return self.page(
            request,
            "admin/billing/pricingtable/preview.html",
            title=_("Preview of %s") % version,
            row=table,
            version=version,
            frame=f"{frame}?{urlencode(query)}",
            languages=_choices(query, "language", languages),
            themes=_choices(query, "theme", THEMES),
            may_change=self.may(request, "change"),
        )

    def _confirmed(
        self, request: HttpRequest, pk: int, title: Any, deed: Callable[..., str]
    ) -> HttpResponse:
        """Ask once, and do it. `deed` returns where to go next."""
        self.require(request, "change")
        table = self.find(request, pk)

        def do(entered: Entered) -> HttpResponse:
            where = deed(table, actor=actor_of(request), now=timezone.now())
            self.message_user(request, _("Done."), messages.SUCCESS)
            return HttpResponseRedirect(where)

        return self.deed_page(request, ConfirmForm, do, title=title % table.name, row=table)

    def _draft_of(self, request: HttpRequest, pk: int) -> tuple[PricingTable, PricingTableVersion]:
        table = self.find(request, pk)
        draft = table.versions.filter(published_at=None).select_related("table__plan_group").first()
        if draft is None:
            raise Http404
        return table, draft


def _and_go_back(deed: Callable[..., object]) -> Callable[..., str]:
    """Do it to a table, and return to the table's own page."""

    def do(table: PricingTable, **by: Any) -> str:
        deed(table=table, **by)
        return _page_of(table)

    return do


def _page_of(table: PricingTable) -> str:
    return reverse("admin:billing_pricingtable_change", args=[table.pk])


def _list_plans(table: PricingTable) -> list[tuple[Plan, bool]]:
    """The plans of the table's group, and whether anything of each is published."""
    plans = Plan.objects.filter(group=table.plan_group).annotate(
        published=Count("versions", filter=Q(versions__published_at__isnull=False))
    )
    return [(plan, plan.published > 0) for plan in plans.order_by("position", "code")]


def _reviewed(table: PricingTable, draft: PricingTableVersion) -> dict[str, Any]:
    published = table.versions.filter(published_at__isnull=False).order_by("-number").first()
    review = review_version(draft=draft, shown=published, now=timezone.now())
    return {"review": review, "shown": published, "draft": draft}


def _chosen(request: HttpRequest, name: str, known: dict[str, Any], otherwise: str) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in known else otherwise


def _choices(
    query: dict[str, str], name: str, known: dict[str, Any]
) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the present one, for each."""
    return [
        (str(label), "?" + urlencode({**query, name: code}), query[name] == code)
        for code, label in known.items()
    ]
