"""
dj-stripe's tables as one migration: its own three take half a minute to arrive at the same.

`tests/verify/djstripe_schema.py` proves that they do. When dj-stripe is upgraded, make
a migration for what changes, with `manage.py makemigrations djstripe`.
"""
