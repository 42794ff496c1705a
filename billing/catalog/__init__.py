"""What is sold: features, plans, their versions and prices."""
