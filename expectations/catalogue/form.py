"""Whether what was read has the form of a model; what does not fit is told as mistakes."""

from __future__ import annotations

import copy
import re
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from expectations.catalogue.mistakes import Page

M = TypeVar("M", bound=BaseModel)
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
READ = ("customProperties", "classification", "examples")
"""Optional keys on which other checks rest."""


def model_of(model: type[M], value: Any, page: Page) -> M | None:
    """Validate `value`; None and one mistake for each thing that does not fit."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        _note(error, page)
        return None


def readable(model: type[M], value: Any, page: Page) -> M | None:
    """What of `value` fits `model`, one mistake noted for each thing that does not; None when too little is left to look for others."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        _note(error, page)
        return _mended(model, value, error)


def _mended(model: type[M], value: Any, wrong: ValidationError) -> M | None:
    """Without what is wrong in it, so that the rest can be examined in the same run; None when nothing can stand in."""
    whole = copy.deepcopy(value)
    for detail in wrong.errors(include_url=False):
        *steps, last = detail["loc"] or ("",)
        at = whole
        for step in steps:
            at = at[step]
        if detail["type"] == "literal_error":
            at[last] = re.findall("'([^']+)'", str(detail["ctx"]["expected"]))[0]
        elif detail["type"] == "extra_forbidden" and get_close_matches(str(last), READ):
            return None  # most likely one of these, misspelt: without it nothing else would be told rightly
        elif isinstance(at, dict):
            at.pop(last, None)
    try:
        return model.model_validate(whole)
    except ValidationError:
        return None


def _note(error: ValidationError, page: Page) -> None:
    for detail in error.errors(include_url=False):
        page.wrong(_path(detail["loc"]), *_said(detail["type"], detail["msg"], detail.get("ctx", {}), detail.get("input")))


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def _said(kind: str, message: str, context: dict[str, Any], value: Any) -> tuple[str, str]:
    if kind == "missing":
        return "missing", "a value: it is needed"
    if kind == "extra_forbidden":
        return "unknown key", "keys of the Open Data Contract Standard v3; your own go under customProperties"
    if kind == "literal_error":
        return f"{value!r} is not possible", str(context["expected"])
    if kind in ("model_type", "list_type"):
        return f"{type(value).__name__} is not possible", "a mapping" if kind == "model_type" else "a list"
    if context.get("pattern") == EMAIL:
        return f"{value!r} is not an address", "name@domain"
    return f"{value!r} is not possible", message.replace("Input should be ", "")
