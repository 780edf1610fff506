"""How a command gets a password: from a file descriptor, a file, or a prompt; never from an argument (D31)."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from clinicdesk.core.errors import UserFacingError

MOST_BYTES = 4_096


class NoPasswordError(UserFacingError):
    """No password was handed over, and there is nobody to ask."""

    code = "no_password"


@dataclass(frozen=True, slots=True)
class Access:
    """As whom which profile is opened."""

    profile: Path | None
    policy: Path | None
    user: str
    password: str


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class SignIn:
    """The options of every command that opens a profile (D31)."""

    user: Annotated[str, Parameter(help="Sign-in name.")]
    profile: Annotated[Path | None, Parameter(help="Folder of the profile; else this account's.")] = None
    password_fd: Annotated[int | None, Parameter(help="File descriptor to read the password from.")] = None
    password_file: Annotated[Path | None, Parameter(help="File whose first line is the password.")] = None
    managed_policy: Annotated[
        Path | None, Parameter(help="Stands in for the machine's policy: demonstrations, tests.")
    ] = None
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="Print JSON, as is done anyway.")] = True

    def access(self, prompt: str = "Password: ") -> Access:
        """With the password from where it was said to be.

        Raises:
            NoPasswordError: nowhere.
        """
        password = read_secret(fd=self.password_fd, file=self.password_file, prompt=prompt)
        return Access(self.profile, self.managed_policy, self.user, password)


def read_secret(*, fd: int | None, file: Path | None, prompt: str) -> str:
    """The first line of what was handed over, without its line end.

    Raises:
        NoPasswordError: two sources, an unreadable one, an empty one, or no terminal to prompt at.
    """
    if fd is not None and file is not None:
        raise NoPasswordError(reason="two_sources")
    if fd is not None:
        return _first_line(_from_fd(fd))
    if file is not None:
        try:
            return _first_line(file.read_bytes()[:MOST_BYTES])
        except OSError as error:
            raise NoPasswordError(reason="file_unreadable") from error
    if not sys.stdin.isatty():
        raise NoPasswordError(reason="no_terminal")
    return _first_line(getpass.getpass(prompt).encode())


def _from_fd(fd: int) -> bytes:
    try:
        with os.fdopen(os.dup(fd), "rb") as source:
            return source.readline(MOST_BYTES)
    except OSError as error:
        raise NoPasswordError(reason="descriptor_unreadable") from error


def _first_line(content: bytes) -> str:
    line = content.split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise NoPasswordError(reason="empty")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoPasswordError(reason="not_utf8") from error
