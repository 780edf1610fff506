"""The second person of an act: proved by the own password on this workstation, with the own keys (M9, T5)."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from clinicdesk.domain.permissions import Act, allowed
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import Proof, WitnessRefusedError
from clinicdesk.services.signatures import Signer
from clinicdesk.services.signing_in import person_of


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Somebody who has just proved to be present."""

    user_id: uuid.UUID
    name: str
    keys: KeyPairs

    @property
    def signer(self) -> Signer:
        return Signer(self.user_id, self.name, self.keys)


@contextlib.contextmanager
def proved(desk: Desk, proof: Proof, act: Act, schools: Collection[uuid.UUID] | None = None) -> Iterator[SecondPerson]:
    """The person behind a proof, for the length of a block; her keys are wiped afterwards.

    It takes as long as a password takes, so it is asked before a transaction is opened.

    Raises:
        WrongPasswordError, SlotLockedError: as when signing in.
        WitnessRefusedError: it is the person at the desk, or a role without the right.
    """
    again = desk.reauthenticate(proof.user_name, proof.password)
    try:
        if again.person.user_id == desk.person.user_id:
            raise WitnessRefusedError(reason="same_person")
        with desk.store.read() as session:
            person = person_of(session, again.person.user_id, desk.person.district_name, desk.now())
        at = (desk.school.id,) if schools is None else schools
        if not allowed(person.actor, act, at, at=desk.now()):
            raise WitnessRefusedError(reason="role")
        yield SecondPerson(person.user_id, person.name, again.keys)
    finally:
        again.keys.destroy()
