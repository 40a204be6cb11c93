"""Block rules for markdown-it: one module for each kind of block."""
