"""The clinical and sync rules as pure functions over frozen values."""
