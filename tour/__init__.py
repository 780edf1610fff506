"""`make tour`: the real application driven headless by key events alone, each step checked in the desk's own rows."""
