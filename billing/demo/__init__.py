"""
A small company's worth of data to look at: a catalog, eight customers, three months of usage.

It is made by the operations that staff, customers and apps use, so that whatever a page shows
has come the way that real data comes.
"""
