"""The encrypted file: opening it, the unit of work, change capture, migration."""
