"""What the developers' pages show."""
