"""The exchange with the district: protocol, engine and transport."""
