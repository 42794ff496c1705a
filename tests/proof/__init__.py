"""
The ledger a second time, in plain Python, and machines that hold the two against each other.

The tests run them for seconds, `make verify` for as long as it is told.
"""
