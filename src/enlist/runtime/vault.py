"""The installation's secret: found or created once, and what is encrypted or signed with it."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from enlist.kit import tokens

SHORTEST_SECRET: Final = 32
_NONCE: Final = 12


class WrongSecret(Exception):
    """The given secret is not the one that this database was created with."""


class Vault:
    """Encrypts small values at rest and yields keys for signing, all derived from one secret."""

    def __init__(self, secret: bytes) -> None:
        """Take the installation's ``secret``. Raises ValueError if it is shorter than 32 bytes."""
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"the secret must have at least {SHORTEST_SECRET} characters")
        self.secret = secret
        self._cipher = AESGCM(tokens.derive(secret, "values at rest"))

    @property
    def fingerprint(self) -> str:
        """A text that identifies the secret without revealing it."""
        return hashlib.sha256(tokens.derive(self.secret, "fingerprint")).hexdigest()[:32]

    def signing_key(self, purpose: str) -> bytes:
        """Yield the key for signing things of one ``purpose``, such as links in letters."""
        return tokens.derive(self.secret, f"signing {purpose}")

    def seal(self, value: str, belongs_to: str) -> bytes:
        """Encrypt ``value`` so that it opens only for the same ``belongs_to``."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value.encode(), belongs_to.encode())

    def open(self, sealed: bytes, belongs_to: str) -> str:
        """Decrypt what ``seal`` made. Raises WrongSecret if it was made under another secret or for something else."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs_to.encode()).decode()
        except InvalidTag:
            raise WrongSecret("a stored value was encrypted under another secret") from None


def find_secret(given: str | None, data: Path) -> bytes:
    """Return the secret ``given`` in the settings, else the one kept in the ``data`` folder, made there if missing."""
    if given is not None:
        return given.encode()
    file = secret_file(data)
    try:
        return file.read_bytes().strip()
    except FileNotFoundError:
        return _make(file)


def secret_file(data: Path) -> Path:
    """Name the file in the ``data`` folder that keeps the secret."""
    return data / "secret"


def keep_secret(secret: bytes, file: Path) -> None:
    """Write ``secret`` to ``file``, readable by its owner only, whole or not at all."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secret + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _make(file: Path) -> bytes:
    """Make a new secret; of two processes that start at once, the one whose link comes first wins."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".secret.{secrets.token_hex(4)}")
    keep_secret(secrets.token_hex(32).encode(), draft)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_bytes().strip()
