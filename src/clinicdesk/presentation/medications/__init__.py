"""Medication round, dose sheet, controlled count and order entry, without Qt."""
