"""Admitting people of the district at this workstation: an enrolled administrator lets them in, also offline (D33)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import UserFacingError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.models import User, UserKey
from clinicdesk.models.enums import AuditAction, KeyPurpose, WritePurpose
from clinicdesk.security import slots
from clinicdesk.security.key_pairs import PublicKeys
from clinicdesk.security.unlocked import Person as KeyHolder
from clinicdesk.services.desk import Desk
from clinicdesk.services.signing_in import Workstation
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditEntry

SUITES = {KeyPurpose.SIGNING: "Ed25519", KeyPurpose.SEALING: "X25519"}


class NoSuchAccountError(UserFacingError):
    """The district has no active account of that name."""

    code = "no_such_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person of the district who could sign in here; `sign_in` is the e-mail's first part."""

    user_id: uuid.UUID
    sign_in: str
    name: str
    role: str
    admitted: bool


class Admission:
    """What an administrator does about who may sign in at this machine."""

    def __init__(self, desk: Desk, workstation: Workstation) -> None:
        self._desk = desk
        self._workstation = workstation

    def accounts(self) -> tuple[Account, ...]:
        """Every active account of the district, by name; who is admitted here already is marked."""
        holders = [one.user_id for one in slots.known_users(self._workstation.paths)]
        with self._desk.look(Act.ADMIT_USER, schools=()) as session:
            here = {device_facts.account_of(session, holder) for holder in holders}
            rows = session.scalars(
                sa.select(User)
                .where(User.is_active, User.deleted_at.is_(None), User.role != "SYSTEM")
                .order_by(User.last_name, User.first_name)
            ).all()
            return tuple(
                Account(
                    user_id=row.id,
                    sign_in=row.email.partition("@")[0],
                    name=f"{row.first_name} {row.last_name}",
                    role=row.role.value,
                    admitted=row.id in here or row.id == self._desk.person.user_id,
                )
                for row in rows
            )

    def admit(self, sign_in: str, password: str) -> Account:
        """Make a slot for a person, who types the password; her public keys go to the district.

        Raises:
            NoSuchAccountError, UserExistsError, InvalidValueError: nothing was changed.
        """
        wanted = sign_in.strip().casefold()
        found = next((one for one in self.accounts() if one.sign_in.casefold() == wanted), None)
        if found is None:
            raise NoSuchAccountError
        entry = AuditEntry(AuditAction.CREATE, "UserKey", found.user_id, is_phi=False)
        self._desk.require(Act.ADMIT_USER, entry, schools=())
        keys = slots.add_user(
            self._workstation.paths,
            self._desk.unlocked,
            KeyHolder(found.user_id, found.sign_in),
            password,
            self._workstation.secret_store(),
            self._desk.clock,
            names=(found.name, self._desk.school.name, self._desk.person.district_name),
            parameters=self._workstation.policy.policy.kdf_parameters(),
            hide_name=self._workstation.policy.policy.hide_user_names,
        )
        try:
            with self._desk.act(Act.ADMIT_USER, entry, schools=(), purpose=WritePurpose.ADMINISTRATION) as work:
                work.session.add_all(self._key_rows(work.session, found.user_id, keys))
        except BaseException:
            # A slot whose keys the district never hears of could sign nothing.
            slots.remove_user(self._workstation.paths, found.user_id, self._workstation.secret_store())
            raise
        return found

    def _key_rows(self, session: Session, user: uuid.UUID, keys: PublicKeys) -> list[UserKey]:
        """The public halves; someone who was admitted here before gets the next epoch."""
        now = self._desk.now()
        last = session.scalar(
            sa.select(sa.func.max(UserKey.key_epoch)).where(
                UserKey.user_id == user, UserKey.device_id == self._desk.device_id
            )
        )
        by_purpose = {KeyPurpose.SIGNING: keys.signing, KeyPurpose.SEALING: keys.sealing}
        return [
            UserKey(
                id=new_id(),
                user_id=user,
                device_id=self._desk.device_id,
                purpose=purpose,
                suite=SUITES[purpose],
                public_key=public,
                key_epoch=(last or 0) + 1,
                valid_from=now,
            )
            for purpose, public in by_purpose.items()
        ]
