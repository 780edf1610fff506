"""Long seeds that failed on a defect, each with what it had found: a soak and the long proofs begin with them.

A seed is a life only as long as the simulation draws alike; what it found stands in an ordinary test besides.
"""

from __future__ import annotations

PAST_SEEDS = {
    19: "a row taken over twice in one transaction counted twice, and every session fetched it again",
    25: "the same, of an appointment whose insert and edit were answered together",
}
