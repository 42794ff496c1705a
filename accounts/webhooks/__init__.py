"""What happened and whom to tell: the outbox."""
