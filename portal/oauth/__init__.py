"""Tokens for programs and sign-in for people: OAuth 2 and OpenID Connect, by allauth's engine."""
