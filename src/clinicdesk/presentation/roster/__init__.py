"""Roster import without Qt: choosing a package, its difference, deciding who is who, importing and undoing."""
