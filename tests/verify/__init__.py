"""
The long proof. What is proven is an installation as customers would have it.

The programs here know it by its API, by signals to its processes, and by reading its tables; what
needs Django runs in processes of the installation's.
"""

# The plans of its customers: one sells overage, the other does not.
SELLING = "selling"
STRICT = "strict"

# Their sweeps come round each second.
CELERY_APP = "tests.verify.clockwork"
