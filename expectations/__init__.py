"""What a province expects of its data. `validate` and `NotCompiled` are for other programs; importing them imports no pandas."""

from __future__ import annotations

from expectations.engine.compiled import NotCompiled
from expectations.engine.validate import validate

__all__ = ["NotCompiled", "validate"]
