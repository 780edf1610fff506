"""Visit documentation without Qt: what is typed, what it is understood as, and what the screen shows."""
