"""Pictures: pure functions of a plan's data to SVG text. What to draw is decided elsewhere."""
