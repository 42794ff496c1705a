"""Who issues tokens, and for whom."""

from django.conf import settings
from django.http import HttpRequest


def issuer() -> str:
    """The name under which this installation signs."""
    return str(settings.PUBLIC_URL)


def own_audience() -> str:
    """The API as the audience of a token."""
    return f"{issuer()}/api"


def embed_audience() -> str:
    """What a page of another product may read, as the audience of a token."""
    return f"{issuer()}/embed"


def own_audiences(request: HttpRequest) -> tuple[str, ...]:
    """
    Every name of the API that a caller may use for it.

    Clients that were written for Kinde name the API by the host that they call, and take https
    for granted.
    """
    host = request.get_host()
    return own_audience(), f"https://{host}/api", f"http://{host}/api"
