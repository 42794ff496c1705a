"""For people who build on Tallybook: a quick start, keys, webhooks, and the API to try out."""
