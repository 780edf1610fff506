"""The benchmarks: each measures its value and its floor in the same run (D70)."""
