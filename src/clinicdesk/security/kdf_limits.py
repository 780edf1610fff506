"""What Argon2id may be asked for: the default, the floor of T2 and a ceiling; plain numbers, read before any key is."""

from __future__ import annotations

from typing import Final

DEFAULT_MEMORY_KIB: Final = 131_072
DEFAULT_ITERATIONS: Final = 3

# T2: lower values in a file are refused; higher ones than the ceiling would let a file stall the desk.
MEMORY_FLOOR_KIB: Final = 65_536
MEMORY_CEILING_KIB: Final = 4_194_304
ITERATIONS_FLOOR: Final = 3
ITERATIONS_CEILING: Final = 64
LANES_CEILING: Final = 16
