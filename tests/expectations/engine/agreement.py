"""Whether two results of Great Expectations say the same."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose, isnan
from typing import Any

import numpy as np
import pandas as pd

FLOAT_RATIO = 1e-9
MISSING = "<absent>"


def difference(ours: Any, theirs: Any) -> str | None:
    """Where ours differs from theirs, and how; None when they agree. Tracebacks and the name of the batch are left out."""
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        return None if type(ours) is type(theirs) else f"ours {_short(ours)}, theirs {_short(theirs)}"
    for name, one, other in (
        ("success", ours.success, theirs.success),
        ("kind of success", type(ours.success).__name__, type(theirs.success).__name__),
        ("result", ours.result, theirs.result),
        ("exception_info", _told(ours.exception_info), _told(theirs.exception_info)),
        ("config", _config(ours), _config(theirs)),
        ("meta", ours.meta, theirs.meta),
    ):
        found = _unlike(one, other, name)
        if found:
            return found
    return None


def _config(result: Any) -> dict[str, Any]:
    config = result.expectation_config
    kwargs = {name: value for name, value in config.kwargs.items() if name != "batch_id"}
    meta = {name: value for name, value in (config.meta or {}).items() if name != "_number"}
    return {"type": config.type, "kwargs": kwargs, "meta": meta, "severity": config.severity}


def _told(info: Mapping[str, Any]) -> Mapping[str, Any]:
    """Exception information without tracebacks, and without the hash of a metric's arguments, in which the name of the batch is."""
    if "raised_exception" in info:
        return {name: value for name, value in info.items() if name != "exception_traceback"}
    return {"several": sorted((key.split(",")[0], told["exception_message"], told["raised_exception"]) for key, told in info.items())}


def _unlike(ours: Any, theirs: Any, path: str) -> str | None:
    ours, theirs = _plain(ours), _plain(theirs)
    if isinstance(theirs, dict) and isinstance(ours, dict):
        keys = [*theirs, *(key for key in ours if key not in theirs)]
        return _first(_unlike(ours.get(key, MISSING), theirs.get(key, MISSING), f"{path}.{key}") for key in keys)
    if isinstance(theirs, list) and isinstance(ours, list) and len(ours) == len(theirs):
        return _first(_unlike(one, other, f"{path}[{n}]") for n, (one, other) in enumerate(zip(ours, theirs, strict=True)))
    return None if _same(ours, theirs) else f"{path}: ours {_short(ours)}, theirs {_short(theirs)}"


def _same(ours: Any, theirs: Any) -> bool:
    if type(ours) is not type(theirs):
        return False
    if isinstance(theirs, float):
        return (isnan(ours) and isnan(theirs)) or isclose(ours, theirs, rel_tol=FLOAT_RATIO, abs_tol=1e-12)
    if theirs is pd.NaT or theirs is pd.NA:
        return ours is theirs
    return bool(ours == theirs)


def _plain(value: Any) -> Any:
    """Numpy's numbers as Python's; tuples as lists, for JSON has no others; what JSON has not as it is."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, pd.DataFrame):
        return {"rows": value.to_dict("split"), "dtypes": [str(dtype) for dtype in value.dtypes], "labels": value.index.name}
    if isinstance(value, tuple | np.ndarray):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _first(found: Any) -> str | None:
    return next((one for one in found if one), None)


def _short(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"[:160]
