"""benchpost: performance posts that prove themselves.

Rooms, in the order in which they may import one another:
errors, findings, files, config → post → record, roofline, skills → figures → fill → site → cli.
"""

__version__ = "0.1.0"
