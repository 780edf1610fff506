"""Phrases of the note: `.headinjury` and a space becomes the sentence it stands for (ux-spec 7.4)."""

from __future__ import annotations

import re

from clinicdesk.i18n import tr

PHRASES = {
    "headinjury": "Struck head. No loss of consciousness seen. Head-injury sheet sent home.",
    "rested": "Rested in the clinic and felt better.",
    "ate": "Ate a snack and drank water.",
    "nofever": "No fever.",
    "called": "Called home and told what happened.",
    "back": "Went back to class feeling well.",
    "ice": "Ice pack for 15 minutes.",
    "washed": "Washed with soap and water, bandage put on.",
}
_PHRASE = re.compile(r"(?<!\S)\.([a-z]+)(?=\s)")


def expanded(text: str) -> str:
    """The text with every finished phrase written out; unknown ones stay as they were typed."""
    return _PHRASE.sub(lambda match: tr(PHRASES[match[1]]) if match[1] in PHRASES else match[0], text)
