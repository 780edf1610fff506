"""Builds the objects and joins them."""
