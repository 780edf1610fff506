"""School-clinic software: encrypted, offline for weeks, synced with the district."""

__version__ = "0.1.0"
