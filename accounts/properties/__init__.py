"""Facts that the company keeps about organizations, in fields of its own making."""
