"""Medication: orders, slots, the one safety function, the controlled register and outcomes."""
