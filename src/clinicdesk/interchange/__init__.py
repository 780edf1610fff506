"""Foreign formats, read to and written from frozen values."""
