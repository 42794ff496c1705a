"""Every operation, by every kind of caller, on what is theirs, somebody else's, and nobody's."""
