"""Administration of a workstation: who may sign in, and which workstations belong to the district (D24, D33)."""
