"""Filling: slots and values get what belongs in them, and whatever differs is found."""
