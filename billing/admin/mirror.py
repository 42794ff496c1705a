"""dj-stripe's copies of Stripe's objects. Its own pages stay out; these show what was copied."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin

from ..stripe.mirror.copying import COPIED
from .stripe import as_json


class CopyAdmin(ReadOnlyAdmin):
    list_display = ["id", "created", "livemode", "djstripe_updated"]
    search_fields = ["id__exact"]
    search_help_text = _("Id at Stripe, whole")
    ordering = ["-djstripe_updated"]
    show_full_result_count = False
    fields = ["id", "created", "livemode", "djstripe_updated", "told"]

    @admin.display(description=_("as Stripe told it"))
    def told(self, copy: Any) -> SafeString:
        """The whole object."""
        return as_json(copy.stripe_data)


for model, _operation in COPIED.values():
    admin.site.register(model, CopyAdmin)
