"""Tables that staff make of plans, for visitors to choose from."""
