"""Roster packages for tests: zips made of the folders under `tests/data/oneroster`, whole or spoilt on purpose."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "oneroster"


def files_of(folder: str) -> dict[str, bytes]:
    """The files of one folder, by name."""
    return {path.name: path.read_bytes() for path in sorted((DATA / folder).glob("*.csv"))}


def zipped(entries: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> io.BytesIO:
    """A zip of these entries, in this order; names may repeat when given as pairs."""
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    target.seek(0)
    return target


def package(folder: str, **replaced: bytes | None) -> io.BytesIO:
    """The package of a folder; `users=b"..."` replaces users.csv and `users=None` leaves it out."""
    files = files_of(folder)
    for name, content in replaced.items():
        if content is None:
            del files[f"{name}.csv"]
        else:
            files[f"{name}.csv"] = content
    return zipped(files)


def broken(name: str) -> io.BytesIO:
    """The good package with the files of `broken/<name>` in place of its own."""
    return zipped({**files_of("pinewood"), **files_of(f"broken/{name}")})
