"""The settings the program knows, declared once with their type, default and who may change them."""
