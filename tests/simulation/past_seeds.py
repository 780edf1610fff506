"""Seeds that once failed, each with what it had found. They run in every test run."""

from __future__ import annotations

PAST_SEEDS = {
    1: "a sealed cell could not be captured: no mental health record could be written at a desk",
    2: "a session request that arrived late made its own workstation look like a clone",
    18: "a clock set back during a session left a run that ended before it began, and sync stopped for good",
}
