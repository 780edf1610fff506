"""Keys, sealed fields, passwords and signatures."""
