"""What every other package stands on: errors, identifiers, the clock, paths and logging."""
