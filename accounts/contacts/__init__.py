"""Who is mailed about an organization's billing beside its people."""
