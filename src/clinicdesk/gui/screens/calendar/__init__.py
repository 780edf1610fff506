"""School calendar: sessions, closures, early dismissals and make-up days."""
