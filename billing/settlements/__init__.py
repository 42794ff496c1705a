"""What each usage period came to: closed once, and ready to be invoiced."""
