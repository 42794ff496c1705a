"""Everything that an organization has, as a file to take along."""
