"""Django's PostgreSQL, with another way to see whether a connection from the pool still lives."""
