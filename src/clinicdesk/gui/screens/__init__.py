"""One package per area; a screen is written by the protocol of `gui.shell.screen`."""
