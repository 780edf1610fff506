"""Vaccines: entry of a dose, the history, old doses."""
