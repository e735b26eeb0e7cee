"""What is kept secret at rest, under keys derived from the service's own secret."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

KEY_BYTES = 32
NONCE_BYTES = 12


class NotOurSeal(Exception):
    """Sealed under another secret, for another purpose or workspace, or changed since."""


class Seal:
    """AES-256-GCM (NIST SP 800-38D) under a key of its own for each purpose.

    What was sealed for one workspace cannot be opened for another.
    """

    def __init__(self, secret: SecretStr, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret, purpose))

    def close(self, plain: bytes, workspace_id: int) -> bytes:
        """The nonce, the encrypted text and its tag: 28 bytes more than were given."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, str(workspace_id).encode())

    def open(self, sealed: bytes, workspace_id: int) -> bytes:
        """Raises NotOurSeal."""
        nonce, encrypted = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, encrypted, str(workspace_id).encode())
        except (InvalidTag, ValueError):  # ValueError: too short for a nonce
            raise NotOurSeal from None


def derived_key(secret: SecretStr, purpose: str) -> bytes:
    """By HKDF (RFC 5869): who learns the key of one purpose knows none of the others."""
    derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
    return derivation.derive(secret.get_secret_value().encode())
