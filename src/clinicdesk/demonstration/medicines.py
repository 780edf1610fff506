"""The formulary and the kinds of orders of the demonstration: published strengths, invented orders."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A medicine, and the order the demonstration writes for it. Times are local; no times means as needed.

    `rxnorm` is the ingredient's RxNorm code.
    """

    key: str
    generic: str
    rxnorm: str
    drug_class: str
    form: str
    strength: Decimal
    unit: str
    form_unit: str
    route: str
    count: int = 1
    times: tuple[str, ...] = ()
    interval_minutes: int | None = None
    most_a_day: int | None = None
    indications: tuple[str, ...] = ()
    schedule: str | None = None
    emergency: bool = False
    container: Decimal = Decimal(40)
    """How much a parent brings, in the form's own units."""
    condition: tuple[str, str] | None = None

    @property
    def controlled(self) -> bool:
        return self.schedule is not None

    @property
    def dose(self) -> Decimal:
        return self.strength * self.count

    @property
    def strength_words(self) -> str:
        return f"{self.strength} {self.unit.replace('ug', 'mcg')}"


DAILY = (
    Medicine(key="methylphenidate", generic="methylphenidate", rxnorm="6901", drug_class="CNS stimulant", form="tablet",
             strength=Decimal(10), unit="mg", form_unit="{tablet}", route="ORAL", times=("12:00",), schedule="II",
             condition=("ADHD", "F90.9")),
    Medicine(key="guanfacine", generic="guanfacine", rxnorm="40114", drug_class="alpha-2 agonist", form="tablet",
             strength=Decimal(1), unit="mg", form_unit="{tablet}", route="ORAL", times=("11:30",),
             condition=("ADHD", "F90.9")),
    Medicine(key="levetiracetam", generic="levetiracetam", rxnorm="114477", drug_class="antiepileptic", form="tablet",
             strength=Decimal(250), unit="mg", form_unit="{tablet}", route="ORAL", times=("12:00",),
             condition=("Epilepsy", "G40.909")),
    Medicine(key="metformin", generic="metformin", rxnorm="6809", drug_class="biguanide", form="tablet",
             strength=Decimal(500), unit="mg", form_unit="{tablet}", route="ORAL", times=("11:00",),
             condition=("Type 2 diabetes", "E11.9")),
    Medicine(key="carbamazepine", generic="carbamazepine", rxnorm="2002", drug_class="antiepileptic",
             form="chewable tablet", strength=Decimal(100), unit="mg", form_unit="{tablet}", route="ORAL",
             times=("13:00",), condition=("Epilepsy", "G40.909")),
)  # fmt: skip
AS_NEEDED = (
    Medicine(key="albuterol", generic="albuterol", rxnorm="435", drug_class="beta-2 agonist", form="HFA inhaler",
             strength=Decimal(90), unit="ug", form_unit="{puff}", route="INHALED", count=2, interval_minutes=240,
             container=Decimal(200), most_a_day=3, indications=("wheeze", "cough", "before exercise"),
             condition=("Asthma", "J45.909")),
    Medicine(key="acetaminophen", generic="acetaminophen", rxnorm="161", drug_class="analgesic", form="tablet",
             strength=Decimal(325), unit="mg", form_unit="{tablet}", route="ORAL", interval_minutes=240,
             most_a_day=2, indications=("pain", "fever"), condition=("Migraine", "G43.909")),
    Medicine(key="ibuprofen", generic="ibuprofen", rxnorm="5640", drug_class="NSAID", form="tablet",
             strength=Decimal(200), unit="mg", form_unit="{tablet}", route="ORAL", interval_minutes=360,
             most_a_day=2, indications=("pain", "cramps"), condition=("Dysmenorrhea", "N94.6")),
)  # fmt: skip
EMERGENCY = Medicine(
    key="epinephrine", generic="epinephrine", rxnorm="3992", drug_class="sympathomimetic", form="auto-injector",
    strength=Decimal("0.15"), unit="mg", form_unit="{each}", route="INTRAMUSCULAR", interval_minutes=5, most_a_day=2,
    indications=("anaphylaxis",), emergency=True,
)  # fmt: skip
ALL = (*DAILY, *AS_NEEDED, EMERGENCY)
