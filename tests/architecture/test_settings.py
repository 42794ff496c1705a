from __future__ import annotations

import importlib
from types import ModuleType

import pytest
from django.test import Client
from environ import ImproperlyConfigured

ENVIRONMENT = {
    "SECRET_KEY": "s" * 60,
    "DATABASE_URL": "postgres://user:p%40ss@db.example:6432/tally?sslmode=require",
    "PUBLIC_URL": "https://billing.example/",
    "ALLOWED_HOSTS": "billing.example, www.billing.example",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}


def load_production() -> ModuleType:
    importlib.import_module("config.settings.base")
    module = importlib.import_module("config.settings.production")
    return importlib.reload(module)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return load_production()


def test_production_takes_its_addresses_from_the_environment(production: ModuleType) -> None:
    assert production.PUBLIC_URL == "https://billing.example"
    assert production.ALLOWED_HOSTS == ["billing.example", "www.billing.example"]
    assert production.CSRF_TRUSTED_ORIGINS == ["https://billing.example"]
    assert (production.EMAIL_HOST, production.EMAIL_PORT, production.EMAIL_USE_TLS) == (
        "mail.example",
        587,
        True,
    )


def test_production_speaks_https_only(production: ModuleType) -> None:
    assert production.SECURE_SSL_REDIRECT is True
    assert production.SECURE_HSTS_SECONDS == 31_536_000
    assert production.SECURE_HSTS_INCLUDE_SUBDOMAINS is True
    assert production.ACCOUNT_DEFAULT_HTTP_PROTOCOL == "https"


def test_production_cookies_stay_on_this_host_and_out_of_scripts(production: ModuleType) -> None:
    assert production.SESSION_COOKIE_NAME == "__Host-tallybook_session"
    assert production.CSRF_COOKIE_NAME == "__Host-tallybook_csrf"
    for cookie in ("SESSION", "CSRF"):
        assert getattr(production, f"{cookie}_COOKIE_SECURE") is True
        assert getattr(production, f"{cookie}_COOKIE_HTTPONLY") is True
        assert getattr(production, f"{cookie}_COOKIE_SAMESITE") == "Lax"


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "EMAIL_URL"])
def test_production_does_not_start_without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other, value in ENVIRONMENT.items():
        monkeypatch.setenv(other, value)
    monkeypatch.delenv(name)

    with pytest.raises(ImproperlyConfigured, match=name):
        load_production()


@pytest.mark.parametrize("key", ["", "sk_test_" + "a1B2" * 8])
def test_production_does_not_start_beside_the_sandbox(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STRIPE_SECRET_KEY", key)
    monkeypatch.setenv("SANDBOX_URL", "http://127.0.0.1:12111")

    with pytest.raises(ImproperlyConfigured, match="SANDBOX_URL"):
        load_production()


def test_every_answer_carries_the_headers_that_protect_a_browser(client: Client) -> None:
    response = client.get("/healthz")

    directives = dict(
        directive.split(" ", 1) for directive in response["Content-Security-Policy"].split("; ")
    )
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_an_answer_names_its_request(client: Client) -> None:
    assert len(client.get("/healthz")["X-Request-ID"]) == 32


def test_a_plain_request_id_of_the_caller_is_kept(client: Client) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "job-2026.11_22"})
    refused = client.get("/healthz", headers={"X-Request-ID": 'x"} forged\tline'})

    assert kept["X-Request-ID"] == "job-2026.11_22"
    assert len(refused["X-Request-ID"]) == 32
