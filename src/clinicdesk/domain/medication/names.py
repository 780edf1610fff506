"""Drug names as they are shown: tall-man lettering where two could be mistaken for each other (ux-spec 6)."""

from __future__ import annotations

_TALL_MAN = {
    "carbamazepine": "carBAMazepine",
    "oxcarbazepine": "OXcarbazepine",
    "guanfacine": "guanFACINE",
    "guaifenesin": "guaiFENesin",
    "levetiracetam": "levETIRAcetam",
    "metformin": "metFORMIN",
    "metronidazole": "metroNIDAZOLE",
    "hydroxyzine": "hydrOXYzine",
    "hydralazine": "hydrALAZINE",
    "bupropion": "buPROPion",
    "buspirone": "busPIRone",
    "lamotrigine": "lamoTRIgine",
    "risperidone": "risperiDONE",
    "diphenhydramine": "diphenhydrAMINE",
    "prednisone": "predniSONE",
    "prednisolone": "prednisoLONE",
    "clonidine": "cloNIDine",
    "clonazepam": "clonazePAM",
}
"""Look-alike names as the ISMP and FDA lists write them."""


def tall_man(name: str) -> str:
    """The name with tall-man lettering in each word that has it."""
    return " ".join(_TALL_MAN.get(word.casefold(), word) for word in name.split(" "))
