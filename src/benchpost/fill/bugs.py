"""What must not happen: an error that nobody foresaw, told where it happened; the rest goes on.

One post's value never hides what is wrong with the others; and nothing is swallowed: the finding is
an error, names the kind of the exception and the line that raised it, and asks for a report.
"""

from __future__ import annotations

import traceback
from pathlib import Path

BUGS: tuple[type[Exception], ...] = (Exception,)
"""What is caught at the rim of a post and of each of its values and figures."""


def told(error: Exception, what: str) -> str:
    """The sentence of a finding: the last line of the traceback, and where it was raised."""
    last = traceback.format_exception_only(error)[-1].strip()
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{what} failed with {last}{where}; this is a bug of benchpost: please report it"
