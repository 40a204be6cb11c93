"""Where `src/benchpost/commands/data/*.json` comes from: readers of sources and of installed tools.

A *snapshot* is what one release of a tool has; the shipped *facts* are snapshots laid over each
other, so that each thing knows since when it is there and since when no more.
"""
