"""Why a row of a known feed was set aside: its period has not begun, or its code was not in force in its period."""

from __future__ import annotations

FUTURE, WRONG_CODE = "future", "code"
REFUSED = frozenset({FUTURE, WRONG_CODE})
