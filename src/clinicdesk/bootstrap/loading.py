"""Loads what stands behind the locked card while the person types, in the order sign-in needs it."""

from __future__ import annotations

import gc
import importlib
import threading

_KEYS = ("clinicdesk.security.keystore", "clinicdesk.security.slots")
_DESK = ("clinicdesk.bootstrap.workstation", "clinicdesk.bootstrap.person")


class Loading:
    """Each part is loaded by one thread, and whoever needs it meanwhile waits.

    Two threads that import the same packages can meet in a circle of imports, and one would see half a module.
    """

    def __init__(self) -> None:
        self._keys = _Part(_KEYS)
        self._desk = _Part(_DESK)

    def all(self) -> None:
        self.keys()
        self.desk()

    def keys(self) -> None:
        """What derives keys from a password; the derivation leaves the processor to the rest."""
        self._keys.load()

    def desk(self) -> None:
        """The database, the services and the screens."""
        self._desk.load()


class _Part:
    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._lock = threading.Lock()
        self._loaded = False

    def load(self) -> None:
        with self._lock:
            if not self._loaded:
                _import_for_good(self._modules)
                self._loaded = True


def _import_for_good(modules: tuple[str, ...]) -> None:
    """Load modules and take what they are made of out of the garbage collector's rounds.

    It is some hundred thousand objects that live as long as the program; to walk through them would hold the window
    for a tenth of a second, while it loads and ever again. What a person brings in later is collected as before.
    """
    gc.disable()
    try:
        for name in modules:
            importlib.import_module(name)
        gc.freeze()
    finally:
        gc.enable()
