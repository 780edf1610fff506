"""Roster import: a package, its difference, who is who, import and undo."""
