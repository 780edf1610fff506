"""What the commands of `clinicdesk` do: each opens the profile as the person it names, acts, and closes it again."""

from __future__ import annotations

import contextlib
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from clinicdesk.bootstrap.device_office import DistrictDevices
from clinicdesk.bootstrap.district_line import DistrictLine
from clinicdesk.bootstrap.joining import Joining
from clinicdesk.bootstrap.rejoining import Rejoining
from clinicdesk.bootstrap.salvaging import salvage_profile
from clinicdesk.bootstrap.wiping import Opens, WipedError, finish_wipe, obeying_wipes
from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.cli.credentials import Access
from clinicdesk.core.clock import Clock, SystemClock
from clinicdesk.domain.digest import to_text
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.roster.difference import StopReason
from clinicdesk.models import SyncDigest
from clinicdesk.models.enums import AuditAction
from clinicdesk.services.admission import Admission
from clinicdesk.services.desk import Desk
from clinicdesk.services.recovery import Recovery
from clinicdesk.services.roster import RosterService
from clinicdesk.services.signing_in import NotJoinedError, OpenProfile, Workstation, signed_in
from clinicdesk.services.verification import Verifier
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.engine import create_engine_on_new_file
from clinicdesk.storage.integrity import integrity
from clinicdesk.storage.migrate import upgrade
from clinicdesk.storage.profile_lock import ProfileLock
from clinicdesk.sync.base_copies import Sums
from clinicdesk.sync.errors import RecoveryNeededError
from clinicdesk.sync.row_check import EveryRow, verify_every_row
from clinicdesk.sync.session_facts import instant
from clinicdesk.sync.status import read_status
from clinicdesk.sync.tables import wire_tables


class Programs:
    """`cli.commands.Programs`, joined."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    def enroll(self, access: Access, invite: str, code: str | None) -> dict[str, Any]:
        with self._held(access) as here:
            joined = Joining(here, self._clock).enrol(invite.strip(), code, access.user, access.password)
        return {"state": joined.state.value, "device": str(joined.device), "number": joined.number}

    def devices(self, access: Access) -> dict[str, Any]:
        with self._desk(access) as (here, desk):
            found = DistrictDevices(desk, self._line(here, desk)).listed()
        answer: dict[str, Any] = msgspec.to_builtins(found)
        for waiting in answer["pending"]:
            waiting.pop("keys", None)
            waiting.pop("user_keys", None)
        return answer

    def approve(self, access: Access, device: str, schools: list[str], everything: bool) -> dict[str, Any]:
        with self._desk(access) as (here, desk):
            office = DistrictDevices(desk, self._line(here, desk))
            state = office.approve(device, schools, everything)
            return {"device": device, "state": state.value, "number": office.number(device)}

    def admit(self, access: Access, person: str, new_password: str) -> dict[str, Any]:
        with self._desk(access) as (here, desk):
            account = Admission(desk, here).admit(person, new_password)
        return {"user": str(account.user_id), "name": account.sign_in, "role": account.role}

    def rejoin(self, access: Access, invite: str, code: str | None) -> dict[str, Any]:
        with self._held(access) as here, self._opened(here, access) as opened:
            joined = Rejoining(here, self._clock).ask(opened, invite.strip(), code)
        return {"state": joined.state.value, "device": str(joined.device), "number": joined.number}

    def sync(self, access: Access, recover: bool = False) -> dict[str, Any]:
        if recover:
            return self._recover(access)
        with (
            self._held(access) as here,
            obeying_wipes(here, self._clock) as opens,
            self._opened(here, access) as opened,
        ):
            return self._sync(here, opened, opens)

    def _sync(self, here: Workstation, opened: OpenProfile, opens: Opens) -> dict[str, Any]:
        waits = opened.district is None or opened.field_keys is None
        if waits and not Joining(here, self._clock).collect_approval(opened):
            raise NotJoinedError(reason="waits_for_approval")
        anew = Rejoining(here, self._clock)
        if anew.waits(opened) and not anew.collect_approval(opened):
            raise NotJoinedError(reason="waits_for_approval")
        with opened.store.read() as session:
            account = device_facts.account_of(session, opened.unlocked.user_id)
        opens(opened.store, opened.unlocked)
        line = DistrictLine(opened.store, opened.unlocked, account, here.paths, self._clock)
        return dict(line.session())

    def _recover(self, access: Access) -> dict[str, Any]:
        """Ask the district how this database stands, confirm as the administrator who signed in, and sync."""
        with self._desk(access) as (here, desk):
            line, recovery = self._line(here, desk), Recovery(desk, here)
            if recovery.state().quiet:
                with contextlib.suppress(RecoveryNeededError):
                    return dict(line.session())
            recovery.confirm()
            return dict(line.session())

    def salvage(self, access: Access) -> dict[str, Any]:
        with self._held(access) as here:
            found = salvage_profile(here, access.user, access.password, self._clock)
        return {
            "waiting": found.waiting,
            "made_from_rows": found.made,
            "kept": found.kept,
            "unread": found.unread,
            "export": str(found.export),
            "damaged": str(found.damaged),
        }

    def digest(self, access: Access) -> dict[str, Any]:
        with self._desk(access) as (_here, desk), desk.look(Act.VIEW_SYNC) as session:
            sums = Sums(session.connection())
            counted = session.execute(
                sa.select(SyncDigest.scope_id, SyncDigest.table_name, sa.func.sum(SyncDigest.rows)).group_by(
                    SyncDigest.scope_id, SyncDigest.table_name
                )
            ).all()
            scopes: dict[str, dict[str, Any]] = {}
            of_scope: dict[uuid.UUID, dict[str, int]] = {}
            for scope, table, rows in counted:
                totals = of_scope.setdefault(scope, sums.tables(str(scope)))
                if rows:
                    digest = to_text(totals.get(table, 0))
                    scopes.setdefault(str(scope), {})[table] = {"rows": int(rows), "digest": digest}
            return {"pending": read_status(session).pending, "scopes": scopes}

    def verify(self, access: Access, repair: bool = False) -> dict[str, Any]:
        with self._desk(access) as (_here, desk):
            found = Verifier(desk).verify()
            rows = self._rows_verified(desk, repair) if found.sound else None
        differs = None if rows is None or repair else rows.first
        return {
            "sound": found.sound and differs is None,
            "place": "row" if differs else found.place.value if found.place else None,
            "finding": differs or found.finding,
            "audit_rows": found.audit_rows,
            "audit_head": found.audit_head,
            "rows": None if rows is None else rows.as_json(),
        }

    def _rows_verified(self, desk: Desk, repair: bool) -> EveryRow | None:
        """Every row held against what the district acknowledged of it; mended where that is wished (s55)."""
        if repair:
            entry = AuditEntry(AuditAction.SYNC, "SyncState", facts={"every_row": "repair"}, is_phi=False)
            desk.note(Act.SYNC_NOW, entry)
        return verify_every_row(desk.store, wire_tables(), instant(self._clock.now()), repair=repair)

    def import_roster(self, access: Access, file: Path, dry_run: bool, accepted: list[str]) -> dict[str, Any]:
        with self._desk(access) as (here, desk):
            line = self._line(here, desk)
            service = RosterService(desk, line)
            if dry_run:
                return service.preview(file).as_json()
            report = service.import_package(file, accepted=[StopReason(reason) for reason in accepted])
            line.sync()
            return report.as_json()

    def self_check(self) -> dict[str, Any]:
        from clinicdesk.bootstrap.desktop import show_once

        with tempfile.TemporaryDirectory() as folder:
            engine = create_engine_on_new_file(Path(folder) / "check.db", bytes(32))
            try:
                upgrade(engine)
                sound = integrity(engine).sound
            finally:
                engine.dispose()
        return {"window": show_once(), "encrypted_database": sound}

    def _line(self, here: Workstation, desk: Desk) -> DistrictLine:
        return DistrictLine(desk.store, desk.unlocked, desk.person.user_id, here.paths, self._clock)

    @contextlib.contextmanager
    def _held(self, access: Access) -> Iterator[Workstation]:
        """The workstation, with its profile for this command alone."""
        here = workstation(access.profile, access.policy, self._clock)
        lock = ProfileLock(here.paths.lock)
        lock.require()
        try:
            if finish_wipe(here):
                raise WipedError
            yield here
        finally:
            lock.release()

    @contextlib.contextmanager
    def _opened(self, here: Workstation, access: Access) -> Iterator[OpenProfile]:
        opened = here.open(access.user, access.password)
        try:
            yield opened
        finally:
            opened.close()

    @contextlib.contextmanager
    def _desk(self, access: Access) -> Iterator[tuple[Workstation, Desk]]:
        with (
            self._held(access) as here,
            obeying_wipes(here, self._clock) as opens,
            signed_in(here, access.user, access.password) as desk,
        ):
            opens(desk.store, desk.unlocked)
            yield here, desk
