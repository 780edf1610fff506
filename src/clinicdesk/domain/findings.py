"""What a clinical rule has to say about an act: a tier, a code for the sentence, and who may go on."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from clinicdesk.core.errors import Param


class Tier(enum.StrEnum):
    """The three tiers of alerts (`ux-spec.md` 1)."""

    HARD_STOP = "HARD_STOP"
    SOFT_STOP = "SOFT_STOP"
    ADVISORY = "ADVISORY"


class OverrideBy(enum.StrEnum):
    """Who may go on in spite of a stop, and with what (D40)."""

    NONE = "NONE"
    ACTOR_WITH_REASON = "ACTOR_WITH_REASON"
    RN_WITH_REASON = "RN_WITH_REASON"
    SECOND_PERSON = "SECOND_PERSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a rule found. `code` names the sentence, `params` fill it.

    `was` is the tier that an emergency turned into a recorded advisory (D40); null in every other case.
    """

    rule: str
    tier: Tier
    code: str
    override: OverrideBy = OverrideBy.NONE
    params: Mapping[str, Param] = field(default_factory=dict)
    needs_prescriber_contact: bool = False
    was: Tier | None = None

    @property
    def stops(self) -> bool:
        return self.tier is not Tier.ADVISORY


def hard_stop(rule: str, code: str, override: OverrideBy = OverrideBy.NONE, **params: Param) -> Finding:
    """A stop that `override` alone can lift."""
    return Finding(rule=rule, tier=Tier.HARD_STOP, code=code, override=override, params=params)


def soft_stop(rule: str, code: str, **params: Param) -> Finding:
    """A stop that the actor lifts with a reason."""
    return Finding(rule=rule, tier=Tier.SOFT_STOP, code=code, override=OverrideBy.ACTOR_WITH_REASON, params=params)


def advisory(rule: str, code: str, **params: Param) -> Finding:
    """Shown in line, no key needed."""
    return Finding(rule=rule, tier=Tier.ADVISORY, code=code, params=params)
