"""The settings as a Markdown table, made from the class itself. `python -m streams.settings` prints it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

HEAD = ("| variable | allowed | when not set | meaning |", "|---|---|---|---|")
KINDS: dict[type, str] = {str: "text", int: "whole number", float: "number", Path: "path", SecretStr: "secret"}


def markdown(settings: type[BaseSettings], prefix: str, home: Path) -> str:
    """The table as `docs/settings.md` holds it; paths below `home` are shown relative to it."""
    rows = (_row(prefix + name.upper(), field, home) for name, field in settings.model_fields.items())
    return "\n".join([*HEAD, *rows]) + "\n"


def _row(variable: str, field: FieldInfo, home: Path) -> str:
    default = _default(field.default, home)
    return f"| `{variable}` | {_allowed(field)} | {f'`{default}`' if default else ''} | {field.description} |"


def _allowed(field: FieldInfo) -> str:
    kind = next(k for k in (field.annotation, *get_args(field.annotation)) if get_origin(k) is Literal or k is bool or k in KINDS)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    return " ".join([KINDS[kind], *_bounds(field.metadata)])


def _bounds(metadata: list[Any]) -> Iterator[str]:
    for bound in metadata:
        match bound:
            case Ge(ge=least):
                yield f"≥ {least:,}"
            case Gt(gt=below):
                yield f"> {below:,}"
            case Le(le=most):
                yield f"≤ {most:,}"


def _default(value: object, home: Path) -> str:
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.relative_to(home)) if isinstance(value, Path) and value.is_relative_to(home) else str(value)
