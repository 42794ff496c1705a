"""How long what has ended still counts for what occurred before its end."""

from datetime import timedelta
from typing import Final

# A period takes events, and a grant pays for them, for so long after its end.
GRACE: Final = timedelta(hours=1)
