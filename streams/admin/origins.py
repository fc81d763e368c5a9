"""Where the value of each setting comes from, asked of the very sources that `settings.load` reads, in the same order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
from pydantic import SecretStr
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
)

from streams.settings import PREFIX, FileSource, Settings, reading_dotenv, unknown_variables

DEFAULT, ENVIRONMENT, DOTENV, FILE = "default", "environment", ".env", "file"
HIDDEN = "(set, hidden)"
_TELLING_PATHS = frozenset({"webhook_url"})
"""Addresses whose path is a secret with many services."""
_URL = re.compile(r"https?://", re.IGNORECASE)


class Shown(msgspec.Struct, frozen=True):
    """One setting: its variable, its value fit for showing, and where that comes from.

    `origin` is default, environment, .env, or the name and path of a `_FILE` variable. `overridden` are origins that also give a value,
    which is not used.
    """

    variable: str
    value: str | int | float | bool | None
    secret: bool
    origin: str
    overridden: tuple[str, ...]
    description: str


class Misspelt(msgspec.Struct, frozen=True):
    """A variable that is no setting, and where it stands."""

    variable: str
    origin: str


def shown(settings: Settings) -> list[Shown]:
    """Every setting, in the order of the documentation. Raises SettingsError when a file cannot be read."""
    given = origins()
    return [_shown(settings, name, given.get(name, ())) for name in Settings.model_fields]


def origins() -> dict[str, tuple[str, ...]]:
    """The origins that give each setting a value, the one that counts first; a setting that has its default is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for source in _sources():
        for name in source():
            if name in Settings.model_fields:
                found[name] = (*found.get(name, ()), _origin(source, name))
    return found


def misspelt() -> Iterator[Misspelt]:
    """`NHIP_…` variables that are no setting, of the environment and of `.env`; also those that are only read from the environment."""
    for variable in unknown_variables():
        yield Misspelt(variable, ENVIRONMENT)
    for variable in sorted(_dotenv_variables()):
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX).lower() not in Settings.model_fields:
            yield Misspelt(variable, DOTENV)


def _sources() -> tuple[PydanticBaseSettingsSource, ...]:
    with reading_dotenv():
        dotenv = DotEnvSettingsSource(Settings)
    given = InitSettingsSource(Settings, {}), EnvSettingsSource(Settings), dotenv, SecretsSettingsSource(Settings)
    return Settings.settings_customise_sources(Settings, *given)


def _dotenv_variables() -> set[str]:
    return {name.upper() for source in _sources() if isinstance(source, DotEnvSettingsSource) for name in source.env_vars}


def _origin(source: PydanticBaseSettingsSource, name: str) -> str:
    if isinstance(source, FileSource):
        variable = f"{PREFIX}{name.upper()}_FILE"
        return f"{FILE} {os.environ[variable]} ({variable})"
    return DOTENV if isinstance(source, DotEnvSettingsSource) else ENVIRONMENT


def _shown(settings: BaseSettings, name: str, given: tuple[str, ...]) -> Shown:
    value, description = getattr(settings, name), Settings.model_fields[name].description or ""
    origin, *overridden = given or (DEFAULT,)
    return Shown(PREFIX + name.upper(), public(name, value), isinstance(value, SecretStr), origin, tuple(overridden), description)


def public(name: str, value: Any) -> str | int | float | bool | None:
    """A value fit for showing: a secret is never shown, nor a password or query in an address, nor the webhook's path."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return _without_secrets(text, hides_path=name in _TELLING_PATHS) if _URL.match(text) else text


def _without_secrets(url: str, *, hides_path: bool) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    path = "/…" if hides_path and parts.path.strip("/") else parts.path
    return urlunsplit((parts.scheme, ("…" if user else "") + at + host, path, "…" if parts.query else "", "…" if parts.fragment else ""))


def where(names: Mapping[str, tuple[str, ...]], wrong: str) -> Iterator[str]:
    """Of the variables that an error's text names at the beginning of a line, where each was set."""
    for line in wrong.splitlines():
        variable = line.partition(":")[0]
        for origin in names.get(variable.removeprefix(PREFIX).lower(), ())[:1]:
            yield f"{variable} comes from: {origin}"
