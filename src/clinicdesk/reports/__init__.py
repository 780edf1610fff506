"""Letters, registers and sealed documents as PDF."""
