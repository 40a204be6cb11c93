"""Figures: what may stand in a slot. `find` gives one by its head; nothing is drawn unasked."""

from benchpost.figures.offer import FIGURES, call, find

__all__ = ["FIGURES", "call", "find"]
