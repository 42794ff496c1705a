"""The contracts between us and organizations."""
