"""The roster: what a package states, what the desk holds, and the difference between them as values."""
