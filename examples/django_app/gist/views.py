"""The pages of Gist."""

from uuid import uuid4

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tallybook import Conflict, InvalidWebhook, UseRefused, verify_webhook
from tallybook.django import require_feature

from .billing import CREDITS, SUMMARY, tallybook_of
from .customers import CUSTOMERS, customer_of
from .model import WORDS_PER_PAGE, ModelFailed, pages_of, summarize
from .models import BillingEvent

NEWS = 5


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is left, and a text to summarize."""
    return _show_home(request)


@require_POST
def summarize_text(request: HttpRequest) -> HttpResponse:
    """
    The AI action: credits are set aside for the whole text, the model works, and what it really
    read is settled. If it fails, everything returns.

    The form carries the id, so a form that is sent twice is one summary on the bill.
    """
    text = request.POST.get("text", "")
    hold = tallybook_of(request).hold(
        id=f"summary-{request.POST['id']}",
        action=SUMMARY,
        quantity=pages_of(text),
        member=request.session.get("member", "a-visitor"),
    )
    try:
        with hold:
            summary = summarize(text)
            receipt = hold.settle(summary.pages)
    except UseRefused as refusal:
        return _show_home(request, status=402, text=text, refusal=refusal)
    except ModelFailed as failure:
        return _show_home(request, status=422, text=text, failure=failure)
    except Conflict:
        return _show_home(request, status=409, text=text, failure="This form was sent before.")
    return _show_home(request, summary=summary, receipt=receipt)


@require_GET
@require_feature("advanced_ai", client=tallybook_of, template="gist/upgrade.html")
def insights(request: HttpRequest) -> HttpResponse:
    """A page that only some plans include."""
    return render(request, "gist/insights.html")


@require_GET
def tallybook_token(request: HttpRequest) -> HttpResponse:
    """What the elements on the page show to Tallybook: what they may read, and only from here."""
    here = f"{request.scheme}://{request.get_host()}"
    token = tallybook_of(request).embed_token(allow=["estimates", "usage"], origins=[here])
    return JsonResponse(token)


@csrf_exempt
@require_POST
def webhooks(request: HttpRequest) -> HttpResponse:
    """What Tallybook tells. Whatever is answered with 2xx will not be told again."""
    try:
        event = verify_webhook(request.body, request.headers, settings.WEBHOOK_SECRET)
    except InvalidWebhook as error:
        return HttpResponse(str(error), status=400, content_type="text/plain")
    whose = event.organization
    BillingEvent.objects.get_or_create(
        id=event.id,
        defaults={
            "type": event.type,
            "organization": whose.id if whose else "",
            "external_id": (whose.external_id if whose else None) or "",
            "happened_at": event.timestamp,
        },
    )
    return HttpResponse(status=204)


@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Look around as another of our customers."""
    if request.POST.get("customer") in CUSTOMERS and "member" not in request.session:
        request.session["customer"] = request.POST["customer"]
    return redirect("home")


def _show_home(request: HttpRequest, *, status: int = 200, **outcome: object) -> HttpResponse:
    customer = customer_of(request)
    news = BillingEvent.objects.filter(Q(organization=customer) | Q(external_id=customer))[:NEWS]
    page = {
        "credits": tallybook_of(request).entitlements.check(CREDITS),
        "id": uuid4().hex,
        "action": SUMMARY,
        "feature": CREDITS,
        "words_per_page": WORDS_PER_PAGE,
        "news": news,
        **outcome,
    }
    return render(request, "gist/home.html", page, status=status)
