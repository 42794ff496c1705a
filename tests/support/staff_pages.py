"""Reading the pages of the staff, and sending what a browser would send to them."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:billing_{model.__name__.lower()}_{name}", args=args)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def column(text: str, name: str) -> list[str]:
    """What one column of a list shows, from top to bottom."""
    cells = re.findall(rf'<t[dh] class="field-{name}[^"]*">(.*?)</t[dh]>', text, re.DOTALL)
    return [re.sub("<[^>]+>", "", cell).strip() for cell in cells]


def rows(prefix: str, *entered: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The rows of an inline as a browser sends them."""
    sent: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(entered),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for number, row in enumerate(entered):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def reviewed_on(shown: str) -> dict[str, str]:
    """What the publish page sends back: which terms were on it."""
    (fingerprint,) = re.findall(r'name="reviewed" value="([0-9a-f]{64})"', shown)
    return {"reviewed": fingerprint}


def terms_shown(shown: str) -> list[list[str]]:
    """The cells of the publish page's table, row by row, without its head."""
    body = shown.partition("<caption>The terms</caption>")[2].partition("</table>")[0]
    body = body.partition("</thead>")[2]
    return [
        [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
        if (cells := re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL))
    ]


def query_count(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)


def latest(action: str) -> AuditEntry:
    entry = AuditEntry.objects.filter(action=action).order_by("-pk").first()
    assert entry is not None
    return entry
