"""Which mails a person wants from their organizations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.mails.preferences import choose_alerts, list_preferences

from .access import Person, person_page
from .presenters.notifications import present_notifications, read_choice


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def notifications(request: HttpRequest, person: Person) -> HttpResponse:
    """What a person is mailed of what they may do without, by organization."""
    if request.method == "POST":
        choose_alerts(user=person.user, wanted=read_choice(request.POST.getlist("alert")))
        messages.success(request, _("Your choice is saved."))
        return redirect("portal:notifications")
    page = present_notifications(list_preferences(user=person.user))
    return render(request, "portal/notifications.html", {"page": page})
