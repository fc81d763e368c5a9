"""The dtypes of a given frame whose values, as Python's own, are all that there is to know of a column; each family says which it knows."""

from __future__ import annotations

from typing import Final

INSTANTS: Final = frozenset({"datetime64[s]", "datetime64[ms]", "datetime64[us]", "datetime64[ns]"})
"""Instants without a zone; as Python's own they are `pandas.Timestamp`, whatever the unit."""

ZONED: Final = "datetime64[zone]"
"""Stands for all dtypes of instants with a zone, in whatever unit."""

UNSIGNED: Final = frozenset({"uint8", "uint16", "uint32"})
"""Whole numbers whose differences turn over: in uint8, 84 less 90 is 250."""

SMALL: Final = frozenset({"int8", "int16", "int32"}) | UNSIGNED
"""Whole numbers that are added and compared as those of int64 are."""

NULLABLE_NUMBERS: Final = frozenset({"Int64", "Float64"})
NULLABLE: Final = NULLABLE_NUMBERS | {"boolean", "string"}
"""Dtypes with a null of their own, `pandas.NA`: a comparison with it is neither true nor false."""

PLAIN: Final = frozenset({"int64", "float64", "bool", "str"})
NUMBERS: Final = frozenset({"int64", "float64"}) | SMALL | NULLABLE_NUMBERS
ANY: Final = PLAIN | INSTANTS | SMALL | NULLABLE | {ZONED, "category", "float32", "timedelta64[ns]"}
"""All whose nulls, and whose equal values, are known to be those of their values."""


def kind(dtype: str) -> str:
    """The name by which families know a dtype."""
    return ZONED if dtype.startswith("datetime64[") and ", " in dtype else dtype


def is_instant(dtype: str) -> bool:
    """Whether the values are instants, with a zone or without."""
    return dtype.startswith("datetime64[")
