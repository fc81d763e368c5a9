"""What a province expects of its data. `validate` and `NotCompiled` are for other programs; they are imported when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expectations.engine.compiled import NotCompiled
    from expectations.engine.validate import validate

__all__ = ["NotCompiled", "validate"]


def __getattr__(name: str) -> object:
    """`validate` or `NotCompiled`; so that who needs another part of this package does not wait for these."""
    if name == "validate":
        from expectations.engine.validate import validate  # noqa: PLC0415  see above

        return validate
    if name == "NotCompiled":
        from expectations.engine.compiled import NotCompiled  # noqa: PLC0415  see above

        return NotCompiled
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
