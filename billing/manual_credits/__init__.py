"""Credits and money that staff and apps give by hand, and the second person above a limit."""
