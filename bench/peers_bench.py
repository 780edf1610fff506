"""Morango and PouchDB beside this engine, in one run, by the scripts of the synchronisation study.

The peers are installed into a folder of their own from the package registries. Where the scripts or the peers cannot
be had, nothing is measured and the run says so; `docs/performance.md` then keeps the figures of the study.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.measure import Goal, Result, judge
from bench.sync_bench import ROWS, surroundings
from bench.workstation import Workstation

STUDY = Path("../shared/sync-bench")
HOME = Path("build/peers")
MORANGO = ("morango==0.8.15", "cryptography<41")
POUCH = ("pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@4")
MORANGO_PORT, POUCH_PORT = 54481, 54482
POUCH_BATCH = 1_000
ROUNDS = 2


def peers() -> list[Result]:
    """Rows a second of ten thousand visits, pushed and pulled, as multiples of what each peer does."""
    if not STUDY.is_dir():
        return _without("the scripts are not here")
    ours: dict[str, list[float]] = {"push": [], "pull": []}
    theirs: dict[str, dict[str, list[float]]] = {}
    try:
        legs = _legs(HOME.resolve())
    except (OSError, subprocess.SubprocessError) as error:
        return _without(f"the peers cannot be installed: {type(error).__name__}")
    for _ in range(ROUNDS):
        for leg, rate in _own_rates().items():
            ours[leg].append(rate)
        for name, run in legs.items():
            for leg, rate in run().items():
                theirs.setdefault(name, {"push": [], "pull": []})[leg].append(rate)
    goals = {"morango": {"push": 18.0, "pull": 25.0}, "pouchdb": {"push": 1.5, "pull": 2.3}}
    return [
        judge(
            f"peer_{name}_{leg}",
            unit="rows/s",
            goal=Goal(ratio=goals[name][leg], more_is_better=True),
            samples=ours[leg],
            floor_samples=rates,
            ratios=[mine / other for mine, other in zip(ours[leg], rates, strict=True)],
            floor_is=f"{name}, the same number of rows",
        )
        for name, by_leg in theirs.items()
        for leg, rates in by_leg.items()
    ]


def _without(reason: str) -> list[Result]:
    print(f"peers: not measured, {reason}", flush=True)
    return []


def _own_rates() -> dict[str, float]:
    with surroundings() as here:
        sending, taking = here.desks(2)
        sending.write_visits(ROWS)
        return {"push": _rate(sending), "pull": _rate(taking)}


def _rate(desk: Workstation) -> float:
    began = time.perf_counter()
    totals = desk.sync()
    return (totals.pushed + totals.pulled) / (time.perf_counter() - began)


def _legs(home: Path) -> dict[str, Callable[[], dict[str, float]]]:
    study = STUDY.resolve()
    home.mkdir(parents=True, exist_ok=True)
    return {"morango": _morango(study, home / "morango"), "pouchdb": _pouchdb(study, home / "pouch")}


def _morango(study: Path, home: Path) -> Callable[[], dict[str, float]]:
    python = home / "venv" / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(home / "venv")])
        _run([str(python), "-m", "pip", "install", "--quiet", *MORANGO])

    def run() -> dict[str, float]:
        _run([str(python), str(study / "morango_bench" / "run.py"), str(home), str(ROWS), str(MORANGO_PORT)])
        legs = _read(home / "morango.json")["legs"]
        return {leg["role"]: leg["records_s"] for leg in legs if leg["role"] in {"push", "pull"}}

    return run


def _pouchdb(study: Path, home: Path) -> Callable[[], dict[str, float]]:
    home.mkdir(exist_ok=True)
    if not (home / "node_modules").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm")
        _run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(home), *POUCH])

    def run() -> dict[str, float]:
        script = study / "pouch_bench" / "run.sh"
        _run(["bash", str(script), str(home), str(ROWS), str(POUCH_PORT), str(POUCH_BATCH)])
        rates = {leg["name"]: leg["docs_s"] for leg in _read(home / "pouch.json")["legs"]}
        return {leg: rates[f"{leg} batch_size {POUCH_BATCH}"] for leg in ("push", "pull")}

    return run


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=900)


def _read(file: Path) -> Any:
    return json.loads(file.read_text())


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"peers": peers}
