"""Signing in and the people who may: create a profile, unlock it, admit, remove, change a password."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security import passwords
from clinicdesk.security.derivation import (
    DEFAULT_PARAMETERS,
    KEY_BYTES,
    KdfParameters,
    wipe,
)
from clinicdesk.security.device_keys import DeviceKeys, read_device_keys, write_device_keys
from clinicdesk.security.errors import (
    DeviceFileDamagedError,
    KeystoreUnavailableError,
    LastUserError,
    ProfileExistsError,
    SealBrokenError,
    SecretFileError,
    SlotFileDamagedError,
    UserExistsError,
    WrongPasswordError,
)
from clinicdesk.security.key_pairs import KeyPairs, PublicKeys
from clinicdesk.security.keystore import DeviceSecretStore, FileSecretStore, SecretName
from clinicdesk.security.sealing import unlock_bytes
from clinicdesk.security.slot_book import (
    OpenBook,
    key_encryption_key,
    make_slot,
    open_book,
    rewrap,
    root_info,
)
from clinicdesk.security.slot_file import (
    PasswordSlot,
    SlotFile,
    previous_path,
    read_slots,
    secret_check,
    write_slots,
)
from clinicdesk.security.throttle import Throttle
from clinicdesk.security.unlocked import Notice, Person, Unlocked

LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class ListedUser:
    """A line of the sign-in screen; `name` is None where names are hidden."""

    user_id: uuid.UUID
    name: str | None


@dataclass(frozen=True, slots=True)
class Reauthenticated:
    """A person who has just given the own password: signs or witnesses, then `keys.destroy()` (T5)."""

    person: Person
    keys: KeyPairs


def create_profile(
    paths: ProfilePaths,
    first_user: Person,
    password: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
    *,
    device: uuid.UUID | None = None,
    names: Iterable[str] = (),
    parameters: KdfParameters = DEFAULT_PARAMETERS,
    hide_name: bool = False,
) -> Unlocked:
    """Make device secret, root key, device keys and the first person's slot; `names` may not be the password.

    Raises:
        ProfileExistsError: there is one already.
        InvalidValueError: the password or name is refused.
        KeystoreUnavailableError: the device secret could not be stored (T21).
    """
    if paths.slots.exists() or previous_path(paths).exists():
        raise ProfileExistsError
    if isinstance(secret_store, FileSecretStore) and secret_store.lies_within(paths.root):
        raise KeystoreUnavailableError(reason="inside_profile")
    parameters.require_floor()
    require_good_password(password, first_user, names, secret_store)
    device = device or uuid.uuid4()
    secret, root = bytearray(secrets.token_bytes(KEY_BYTES)), bytearray(secrets.token_bytes(KEY_BYTES))
    paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret_store.write(device, SecretName.DEVICE_SECRET, bytes(secret))
    device_keys, user_keys = DeviceKeys.generate(device), KeyPairs.generate()
    write_device_keys(paths, device_keys, secret, root)
    slot = make_slot(device, first_user, user_keys, password, secret, {1: root}, parameters, clock.now(), hide_name)
    file = SlotFile(device, 0, 1, secret_check(device, secret), (slot,))
    # Last: a slot file on disk means that everything it needs is there.
    write_slots(paths, file, secret, forget_previous=False)
    wipe(secret)
    return Unlocked(
        device=device,
        person=first_user,
        user_keys=user_keys,
        roots={1: root},
        device_keys=device_keys,
        weaker_protection=secret_store.weaker_protection,
        notices=_weaker(secret_store),
    )


def known_users(paths: ProfilePaths) -> tuple[ListedUser, ...]:
    """Who may sign in here, readable without any key; raises like `read_slots`."""
    slots = read_slots(paths).usable[0].slots
    return tuple(ListedUser(slot.header.user, slot.header.label) for slot in slots)


def unlock(
    paths: ProfilePaths,
    user_name: str,
    password: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
    *,
    parameters: KdfParameters = DEFAULT_PARAMETERS,
) -> Unlocked:
    """Sign in; `parameters` are what the policy wants now and are raised to when the slot has less.

    Raises:
        WrongPasswordError: also for an unknown name, after the same work.
        SlotLockedError: too many wrong tries.
        SlotFileMissingError, SlotFileDamagedError, NewerFormatError, WeakParametersError: no usable generation (F10).
        ForeignDeviceError: the files of another workstation or account (T1).
        KeystoreUnavailableError, MemoryShortError: try again.
    """
    book = open_book(paths, secret_store)
    notices = list(_weaker(secret_store))
    try:
        slot, keys = _prove(paths, book, user_name, password, secret_store, clock)
        roots = _open_roots(slot, keys)
        file = book.file
        if slot.header.kdf.is_below(parameters):
            new = rewrap(slot, keys, password, book.secret, parameters, slot.header.label)
            file = _replaced(file, new)
            notices.append(Notice.PARAMETERS_RAISED)
        if book.repaired:
            notices.append(Notice.SLOT_FILE_REPAIRED)
        if file is not book.file or book.repaired:
            try:
                write_slots(paths, file, book.secret, forget_previous=book.repaired)
            except SecretFileError:  # a full disk keeps nobody out
                notices.append(Notice.SLOT_FILE_NOT_WRITTEN)
        device_keys = _device_keys(paths, book, roots)
        if device_keys is None:
            notices.append(Notice.DEVICE_KEYS_DAMAGED)
        return Unlocked(
            device=book.file.device,
            person=Person(slot.header.user, slot.header.label or user_name),
            user_keys=keys,
            roots=roots,
            device_keys=device_keys,
            weaker_protection=secret_store.weaker_protection,
            notices=tuple(notices),
        )
    finally:
        book.close()


def reauthenticate(
    paths: ProfilePaths, user_name: str, password: str, secret_store: DeviceSecretStore, clock: Clock
) -> Reauthenticated:
    """Prove a person by her own password and hand out her own keys: signature, witness (T5). Raises like `unlock`."""
    book = open_book(paths, secret_store)
    try:
        slot, keys = _prove(paths, book, user_name, password, secret_store, clock)
        return Reauthenticated(Person(slot.header.user, slot.header.label or user_name), keys)
    finally:
        book.close()


def add_user(
    paths: ProfilePaths,
    by: Unlocked,
    user: Person,
    password: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
    *,
    names: Iterable[str] = (),
    parameters: KdfParameters = DEFAULT_PARAMETERS,
    hide_name: bool = False,
) -> PublicKeys:
    """Admit a person, who types her own password: new key pairs, the root keys sealed to them (D33).

    The caller has checked that `by` may. Returns the public keys, which the district certifies.

    Raises:
        UserExistsError, InvalidValueError: nothing was changed.
    """
    require_good_password(password, user, names, secret_store)
    parameters.require_floor()
    book = open_book(paths, secret_store)
    try:
        if book.slot_of(user.name) or any(slot.header.user == user.user_id for slot in book.file.slots):
            raise UserExistsError
        keys = KeyPairs.generate()
        slot = make_slot(
            book.file.device, user, keys, password, book.secret, by.root_keys(), parameters, clock.now(), hide_name
        )
        file = msgspec.structs.replace(book.file, slots=(*book.file.slots, slot))
        write_slots(paths, file, book.secret, forget_previous=False)
        keys.destroy()
        return keys.public
    finally:
        book.close()


def remove_user(paths: ProfilePaths, user_id: uuid.UUID, secret_store: DeviceSecretStore) -> bool:
    """Take a person's slot away in both generations; False if there was none. Revocation also rotates (2.3).

    Raises:
        LastUserError: nobody could sign in any more.
    """
    book = open_book(paths, secret_store)
    try:
        kept = tuple(slot for slot in book.file.slots if slot.header.user != user_id)
        if len(kept) == len(book.file.slots):
            return False
        if not kept:
            raise LastUserError
        codes = tuple(code for code in book.file.codes if code.user != user_id)
        file = msgspec.structs.replace(book.file, slots=kept, codes=codes)
        write_slots(paths, file, book.secret, forget_previous=True)
        return True
    finally:
        book.close()


def change_password(
    paths: ProfilePaths,
    user_name: str,
    old: str,
    new: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
    *,
    names: Iterable[str] = (),
    parameters: KdfParameters = DEFAULT_PARAMETERS,
) -> None:
    """Wrap the same keys under the new password; the old one opens neither generation. Raises like `unlock`."""
    book = open_book(paths, secret_store)
    try:
        slot, keys = _prove(paths, book, user_name, old, secret_store, clock)
        try:
            require_good_password(new, Person(slot.header.user, user_name), names, secret_store)
            wanted = parameters if slot.header.kdf.is_below(parameters) else slot.header.kdf
            file = _replaced(book.file, rewrap(slot, keys, new, book.secret, wanted, slot.header.label))
            write_slots(paths, file, book.secret, forget_previous=True)
        finally:
            keys.destroy()
    finally:
        book.close()


def clear_failures(paths: ProfilePaths, user_name: str, secret_store: DeviceSecretStore, clock: Clock) -> None:
    """An administrator, whose authority the caller has checked, lets a locked-out person try again (T3)."""
    book = open_book(paths, secret_store)
    try:
        Throttle(paths, book.file.device, book.secret, secret_store, clock).clear(book.tag(user_name).hex())
    finally:
        book.close()


def _prove(
    paths: ProfilePaths,
    book: OpenBook,
    user_name: str,
    password: str,
    secret_store: DeviceSecretStore,
    clock: Clock,
) -> tuple[PasswordSlot, KeyPairs]:
    throttle = Throttle(paths, book.file.device, book.secret, secret_store, clock)
    tag = book.tag(user_name).hex()
    throttle.count_try(tag)
    slot = book.slot_of(user_name)
    # An unknown name costs the same derivation as a known one.
    tried = slot or book.file.slots[0]
    kek = key_encryption_key(tried.header, password, book.secret)
    try:
        private = unlock_bytes(kek, tried.wrapped, tried.header.associated_data())
    except SealBrokenError as error:
        raise WrongPasswordError(retry_after_s=throttle.wait(tag)) from error
    finally:
        wipe(kek)
    if slot is None:
        wipe(private)
        raise WrongPasswordError(retry_after_s=throttle.wait(tag))
    throttle.clear(tag)
    return slot, KeyPairs(private)


def _open_roots(slot: PasswordSlot, keys: KeyPairs) -> dict[int, bytearray]:
    header = slot.header
    try:
        return {
            root.epoch: keys.open_sealed(root.sealed, root_info(header.device, header.slot, root.epoch))
            for root in slot.roots
        }
    except SealBrokenError as error:
        raise SlotFileDamagedError("root") from error


def _device_keys(paths: ProfilePaths, book: OpenBook, roots: Mapping[int, bytearray]) -> DeviceKeys | None:
    """Under the newest root key, else an older one (a rotation that was killed); None where the file is damaged."""
    for epoch in sorted(roots, reverse=True):
        try:
            return read_device_keys(paths, book.file.device, book.secret, roots[epoch])
        except DeviceFileDamagedError:
            continue
    return None


def _replaced(file: SlotFile, new: PasswordSlot) -> SlotFile:
    slots = tuple(new if slot.header.slot == new.header.slot else slot for slot in file.slots)
    return msgspec.structs.replace(file, slots=slots)


def _weaker(secret_store: DeviceSecretStore) -> tuple[Notice, ...]:
    return (Notice.WEAKER_PROTECTION,) if secret_store.weaker_protection else ()


def require_good_password(password: str, user: Person, names: Iterable[str], secret_store: DeviceSecretStore) -> None:
    """Raises `InvalidValueError` on `user_name` or `password`."""
    if not user.name.strip():
        raise InvalidValueError("user_name", "missing")
    if len(user.name) > LONGEST_NAME:
        raise InvalidValueError("user_name", "too_long", maximum=LONGEST_NAME)
    least = passwords.minimum_length(weaker_protection=secret_store.weaker_protection)
    passwords.require_acceptable(password, (*names, user.name), least=least)
