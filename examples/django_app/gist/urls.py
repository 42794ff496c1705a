"""Where the pages are."""

from django.urls import path

from . import sign_in, views

urlpatterns = [
    path("", views.home, name="home"),
    path("summarize", views.summarize_text, name="summarize"),
    path("insights", views.insights, name="insights"),
    path("tallybook-token", views.tallybook_token, name="tallybook_token"),
    path("become", views.become, name="become"),
    path("webhooks", views.webhooks),
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("signed-in", sign_in.signed_in),
    path("sign-out", sign_in.sign_out, name="sign_out"),
]
