"""Declarations as records: JSON with a signature over the canonical bytes, by a key that only its holder and the workers know.

A unit's key is derived from the master secret, so a worker needs no list of keys and a new unit needs no new secret. The
administrator's key is a secret of its own: whoever can hand out keys to units does not thereby grant extensions.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from expectations.freshness.declarations import ADMINISTRATOR, Declaration, canonical
from streams.settings import Settings

_PURPOSE = b"nhip declaration 1\n"


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record of the declarations topic. `signature` is in hexadecimal."""

    declaration: Declaration
    signature: str


class Keys(msgspec.Struct, frozen=True):
    """The secrets of a worker; an empty one is not known, and nothing signed by it is believed."""

    master: str = ""
    administrator: str = ""

    def __repr__(self) -> str:
        return f"Keys(master={'set' if self.master else 'unset'}, administrator={'set' if self.administrator else 'unset'})"

    def of(self, by: str) -> str | None:
        """Return the key of a unit or of the administrator, None when it is not known here."""
        if by == ADMINISTRATOR:
            return self.administrator or None
        return unit_key(self.master, by) if self.master else None


def keys_of(settings: Settings) -> Keys:
    """Return the secrets that the settings give."""
    given = (settings.declaration_master, settings.declaration_admin_key)
    return Keys(*("" if secret is None else secret.get_secret_value() for secret in given))


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Signed).decode


def unit_key(master: str, unit: str) -> str:
    """Return a unit's key, to be handed to the unit: 64 hexadecimal digits."""
    return hmac.new(master.encode(), b"nhip unit key 1\n" + unit.encode(), hashlib.sha256).hexdigest()


def sign(declaration: Declaration, key: str) -> Signed:
    """Return the declaration with its signature."""
    return Signed(declaration, _signature(declaration, key))


def is_genuine(signed: Signed, key: str) -> bool:
    """Whether the signature was made with the key; takes as long for a wrong one as for a right one."""
    return hmac.compare_digest(_signature(signed.declaration, key).encode(), signed.signature.encode())


def _signature(declaration: Declaration, key: str) -> str:
    return hmac.new(key.encode(), _PURPOSE + canonical(declaration), hashlib.sha256).hexdigest()
