"""What each screen shows and decides, without Qt."""
