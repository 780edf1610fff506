"""The locked state: sign-in and first run."""
