"""Every guard of the ledger is taken away once, to see that it was the one that held."""
