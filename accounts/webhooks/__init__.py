"""What happened and whom to tell: the outbox, and the way from there to the endpoints."""
