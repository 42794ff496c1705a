"""Money that customers get back: it comes off their next invoices."""
