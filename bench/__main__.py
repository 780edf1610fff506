"""`make bench` and `make bench-full`: run the benchmarks, write `build/bench.json` and print a table."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import Result

MODULES = ("bench.start_bench", "bench.window_bench", "bench.desk_bench", "bench.sync_bench", "bench.station_bench")
FULL = ("bench.memory_bench", "bench.load_bench", "bench.growth_bench", "bench.peers_bench")
"""What takes longer than a person waits: many rows, many workstations, other programs."""

REPORT = Path("build/bench.json")

Bench = Callable[[], list[Result]]


def benches(*, full: bool) -> dict[str, Bench]:
    """Every benchmark by the name of its first line."""
    found: dict[str, Bench] = {}
    for module in (*MODULES, *FULL) if full else MODULES:
        found |= importlib.import_module(module).benches()
    return found


def line(result: Result) -> str:
    ratio = f"{result.ratio:.2f} x" if result.ratio is not None else ""
    verdict = "ok" if result.ok else "SHORT"
    if result.within_noise:
        verdict += ", within noise"
    floor = f"{result.floor:.4g}" if result.floor is not None else ""
    return (
        f"{result.name:26} {result.value:>12.4g} {result.p95:>12.4g} {result.unit:8} {floor:>10} {ratio:>10}"
        f"  {result.goal:34} {verdict}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", help="the name of one benchmark")
    parser.add_argument("--full", action="store_true", help="growth, load, memory and peers as well")
    chosen = parser.parse_args()
    known = benches(full=chosen.full or chosen.only is not None)
    if chosen.only and chosen.only not in known:
        parser.error(f"no benchmark {chosen.only!r}; there are: {', '.join(sorted(known))}")
    results: list[Result] = []
    print(f"{'name':26} {'p50':>12} {'p95':>12} {'unit':8} {'floor':>10} {'ratio':>10}  {'goal':34}")
    for name, bench in known.items():
        if chosen.only in {None, name}:
            # What the one before has written goes to the disk now, not while this one measures.
            os.sync()
            for result in bench():
                print(line(result), flush=True)
                results.append(result)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([dataclasses.asdict(result) for result in results], indent=1) + "\n")
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
