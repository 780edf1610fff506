"""The reads of the desk, one module a category."""
