"""Today, without Qt."""
