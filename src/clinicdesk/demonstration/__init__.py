"""Factories and the synthetic demonstration district."""
