"""Ways in by a code: the printed recovery code, and the one-time code of a first sign-in on another desk (D33)."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from clinicdesk.core.clock import Clock
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security import crockford
from clinicdesk.security.derivation import (
    DEFAULT_PARAMETERS,
    KEY_BYTES,
    SALT_BYTES,
    KdfParameters,
    expand,
    stretch,
    wipe,
)
from clinicdesk.security.device_keys import DeviceKeys, last_incarnation, read_device_keys, write_device_keys
from clinicdesk.security.errors import (
    DeviceFileDamagedError,
    ForeignDeviceError,
    SealBrokenError,
    SlotFileDamagedError,
    UserExistsError,
    WrongPasswordError,
    WrongRecoveryCodeError,
)
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.keystore import DeviceSecretStore, SecretName
from clinicdesk.security.sealing import SUITE, lock, open_sealed, seal_to, unlock_bytes
from clinicdesk.security.slot_book import OpenBook, make_slot, open_book, root_info
from clinicdesk.security.slot_file import CodeSlot, SealedRoot, SlotFile, read_slots, secret_check, write_slots
from clinicdesk.security.slots import require_good_password
from clinicdesk.security.throttle import Throttle
from clinicdesk.security.unlocked import Notice, Person, Unlocked

RECOVERY_BYTES = 16  # 128 bits: no stretching needed
GRANT_CODE_CHARACTERS = 12  # 60 bits, at least the 50 of security-spec 2.2
GRANT_LIFE = dt.timedelta(hours=24)


def add_recovery_code(paths: ProfilePaths, by: Unlocked, secret_store: DeviceSecretStore, clock: Clock) -> str:
    """Make the recovery code to be printed, shown once and kept nowhere; an earlier one stops working."""
    code = secrets.token_bytes(RECOVERY_BYTES)
    book = open_book(paths, secret_store)
    try:
        slot_id = uuid.uuid4()
        public = _recovery_key(code, book.file.device, slot_id).public_key().public_bytes_raw()
        roots = _seal_roots(by, book.file.device, slot_id, public)
        slot = CodeSlot("recovery", book.file.device, slot_id, public, SUITE, clock.now(), roots)
        kept = tuple(each for each in book.file.codes if each.kind != "recovery")
        file = msgspec.structs.replace(book.file, codes=(*kept, slot))
        write_slots(paths, file, book.secret, forget_previous=True)
    finally:
        book.close()
    return crockford.grouped(crockford.encode(code, check=True))


def recover(
    paths: ProfilePaths,
    code: str,
    person: Person,
    password: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
    *,
    names: Iterable[str] = (),
    parameters: KdfParameters = DEFAULT_PARAMETERS,
) -> Unlocked:
    """Open the profile by the printed code, also when the keystore was wiped, and give `person` a new slot (F11).

    If the device secret is gone, other people's slots open nothing any more and are dropped, and the device gets
    new keys and the next incarnation: it has to be enrolled again.

    Raises:
        WrongRecoveryCodeError: mistyped, or of another profile.
        InvalidValueError: the new password is refused.
    """
    require_good_password(password, person, names, secret_store)
    raw = crockford.decode(code, size=RECOVERY_BYTES, check=True)
    if raw is None:
        raise WrongRecoveryCodeError
    file, roots = _open_by_recovery(paths, raw)
    stored = secret_store.read(file.device, SecretName.DEVICE_SECRET)
    kept_secret = stored is not None and file.belongs_to(stored)
    secret = bytearray(stored if stored is not None and kept_secret else secrets.token_bytes(KEY_BYTES))
    notices = [Notice.WEAKER_PROTECTION] if secret_store.weaker_protection else []
    others = tuple(slot for slot in file.slots if slot.header.user != person.user_id) if kept_secret else ()
    if not kept_secret:
        secret_store.write(file.device, SecretName.DEVICE_SECRET, bytes(secret))
        notices.append(Notice.OTHER_USERS_DROPPED)
    root = roots[max(roots)]
    device_keys, renewed = _device_keys_or_new(paths, file.device, secret, root)
    if renewed:
        notices.append(Notice.DEVICE_KEYS_RENEWED)
    keys = KeyPairs.generate()
    slot = make_slot(file.device, person, keys, password, secret, roots, parameters, clock.now(), hide_name=False)
    check = secret_check(file.device, secret)
    codes = tuple(each for each in file.codes if kept_secret or each.kind == "recovery")
    new = msgspec.structs.replace(file, slots=(*others, slot), codes=codes, secret_check=check)
    write_slots(paths, new, secret, forget_previous=True)
    Throttle(paths, file.device, secret, secret_store, clock).clear(slot.header.name_tag.hex())
    wipe(secret)
    return Unlocked(
        device=file.device,
        person=person,
        user_keys=keys,
        roots=roots,
        device_keys=device_keys,
        weaker_protection=secret_store.weaker_protection,
        notices=tuple(notices),
    )


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public half of a one-time code, which syncs to every desk of the grant's schools."""

    grant: uuid.UUID
    user: uuid.UUID
    public: bytes
    salt: bytes
    kdf: KdfParameters
    expires: dt.datetime


def issue_grant(
    user_id: uuid.UUID, clock: Clock, *, parameters: KdfParameters = DEFAULT_PARAMETERS
) -> tuple[Grant, str]:
    """A one-time code for a person's first sign-in on another desk, and what the desks need to know of it."""
    code = "".join(secrets.choice(crockford.ALPHABET) for _ in range(GRANT_CODE_CHARACTERS))
    salt, grant_id = secrets.token_bytes(SALT_BYTES), uuid.uuid4()
    public = _grant_key(code, salt, parameters, grant_id).public_key().public_bytes_raw()
    grant = Grant(grant_id, user_id, public, salt, parameters, clock.now() + GRANT_LIFE)
    return grant, crockford.grouped(code, 4)


def accept_grant(
    paths: ProfilePaths, by: Unlocked, grant: Grant, user_name: str, secret_store: DeviceSecretStore, clock: Clock
) -> None:
    """An unlocked desk seals its root keys to a grant, and once more under its device secret; twice does no harm.

    The caller has checked the grant's origin and that its schools are this desk's.
    """
    grant.kdf.require_floor()
    book = open_book(paths, secret_store)
    try:
        if any(code.slot == grant.grant for code in book.file.codes):
            return
        device = book.file.device
        roots = tuple(
            SealedRoot(root.epoch, lock(_grant_lock(book, grant.grant), root.sealed, grant.grant.bytes))
            for root in _seal_roots(by, device, grant.grant, grant.public)
        )
        slot = CodeSlot(
            "grant",
            device,
            grant.grant,
            grant.public,
            SUITE,
            clock.now(),
            roots,
            user=grant.user,
            name_tag=book.tag(user_name),
            kdf=grant.kdf,
            salt=grant.salt,
            expires=grant.expires,
        )
        file = msgspec.structs.replace(book.file, codes=(*book.file.codes, slot))
        write_slots(paths, file, book.secret, forget_previous=False)
    finally:
        book.close()


def first_sign_in(
    paths: ProfilePaths,
    user_name: str,
    code: str,
    password: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
    *,
    names: Iterable[str] = (),
    parameters: KdfParameters = DEFAULT_PARAMETERS,
) -> Unlocked:
    """Sign in once by code and set the own password; the code is used up.

    Raises:
        WrongPasswordError: no such grant, wrong code, or past its 24 hours.
        SlotLockedError: too many wrong tries.
        UserExistsError: that person has a slot already.
    """
    book = open_book(paths, secret_store)
    try:
        throttle = Throttle(paths, book.file.device, book.secret, secret_store, clock)
        tag = book.tag(user_name)
        throttle.count_try(tag.hex())
        grant, roots = _open_grant(book, tag, code, clock)
        person = Person(grant.user, user_name) if grant.user is not None else None
        if person is None or book.slot_of(user_name) is not None:
            raise UserExistsError
        require_good_password(password, person, names, secret_store)
        keys = KeyPairs.generate()
        slot = make_slot(
            book.file.device, person, keys, password, book.secret, roots, parameters, clock.now(), hide_name=False
        )
        codes = tuple(each for each in book.file.codes if each.slot != grant.slot)
        file = msgspec.structs.replace(book.file, slots=(*book.file.slots, slot), codes=codes)
        write_slots(paths, file, book.secret, forget_previous=True)
        throttle.clear(tag.hex())
        return Unlocked(
            device=book.file.device,
            person=person,
            user_keys=keys,
            roots=roots,
            device_keys=read_device_keys(paths, book.file.device, book.secret, roots[max(roots)]),
            weaker_protection=secret_store.weaker_protection,
            notices=(Notice.WEAKER_PROTECTION,) if secret_store.weaker_protection else (),
        )
    finally:
        book.close()


def _open_by_recovery(paths: ProfilePaths, raw: bytes) -> tuple[SlotFile, dict[int, bytearray]]:
    """Without the device secret the MAC cannot be checked; the seal to the code's key stands for itself."""
    for file in read_slots(paths).usable:
        for slot in file.codes:
            if slot.kind != "recovery":
                continue
            private = bytearray(_recovery_key(raw, file.device, slot.slot).private_bytes_raw())
            try:
                return file, _open_roots(slot, private)
            except SealBrokenError:
                continue
            finally:
                wipe(private)
    raise WrongRecoveryCodeError


def _open_grant(book: OpenBook, tag: bytes, code: str, clock: Clock) -> tuple[CodeSlot, dict[int, bytearray]]:
    for slot in book.file.codes:
        if slot.kind != "grant" or slot.name_tag != tag or slot.salt is None or slot.kdf is None:
            continue
        if slot.expires is None or slot.expires <= clock.now():
            continue
        try:
            opened = tuple(
                SealedRoot(root.epoch, bytes(unlock_bytes(_grant_lock(book, slot.slot), root.sealed, slot.slot.bytes)))
                for root in slot.roots
            )
            private = bytearray(_grant_key(code, slot.salt, slot.kdf, slot.slot).private_bytes_raw())
            return slot, _open_roots(msgspec.structs.replace(slot, roots=opened), private)
        except SealBrokenError:
            continue
    raise WrongPasswordError


def _open_roots(slot: CodeSlot, private: bytearray) -> dict[int, bytearray]:
    if not slot.roots:
        raise SlotFileDamagedError("root")
    return {
        root.epoch: open_sealed(private, root.sealed, root_info(slot.device, slot.slot, root.epoch))
        for root in slot.roots
    }


def _seal_roots(by: Unlocked, device: uuid.UUID, slot: uuid.UUID, public: bytes) -> tuple[SealedRoot, ...]:
    return tuple(
        SealedRoot(epoch, seal_to(public, root, root_info(device, slot, epoch)))
        for epoch, root in sorted(by.root_keys().items())
    )


def _recovery_key(code: bytes, device: uuid.UUID, slot: uuid.UUID) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bytes(expand(code, f"recovery/v1|{device}|{slot}")))


def _grant_key(code: str, salt: bytes, parameters: KdfParameters, grant: uuid.UUID) -> X25519PrivateKey:
    stretched = stretch(crockford.plain(code).encode(errors="surrogatepass"), salt, parameters)
    try:
        return X25519PrivateKey.from_private_bytes(bytes(expand(stretched, f"grant/v1|{grant}")))
    finally:
        wipe(stretched)


def _grant_lock(book: OpenBook, grant: uuid.UUID) -> bytearray:
    return expand(book.secret, f"grant-lock/v1|{book.file.device}|{grant}")


def _device_keys_or_new(
    paths: ProfilePaths, device: uuid.UUID, secret: bytearray, root: bytearray
) -> tuple[DeviceKeys, bool]:
    try:
        return read_device_keys(paths, device, secret, root), False
    except (DeviceFileDamagedError, ForeignDeviceError):
        keys = DeviceKeys.generate(device, last_incarnation(paths) + 1)
        write_device_keys(paths, keys, secret, root)
        return keys, True
