"""Grafana's HTTP API through grafana-api, with its gaps closed.

grafana-api 1.0.3 raises on every answer without a body (204, after Grafana did what was asked) and on error pages that are not JSON, and
lets the exceptions of requests out. Here each call gives an Answer or raises a GrafanaError that says what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace

TIMEOUT_SECONDS = 15.0
RETRY_LATER = frozenset({408, 425, 429})
MOST_SHOWN = 300


class GrafanaError(Exception):
    """Grafana could not be asked, or would not do it."""


class GrafanaMisconfigured(GrafanaError):  # noqa: N818  as the stores' and the channels' errors are named
    """Someone must change a setting, a right or a name first; trying again is of no use."""


class GrafanaUnavailable(GrafanaError):  # noqa: N818  the same
    """Grafana is out of reach or in trouble; trying again later may help."""


class Answer(msgspec.Struct, frozen=True):
    """What Grafana said: the HTTP status and its JSON, None when there is none."""

    status: int
    body: Any


class Grafana:
    """A connection to one Grafana with a service account's token. Raises GrafanaMisconfigured for an impossible address or token."""

    def __init__(self, url: str, token: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise GrafanaMisconfigured("NHIP_GRAFANA_URL is no address: give one such as https://grafana.example:3000")
        if not (token and token.isascii() and token.isprintable()):
            raise GrafanaMisconfigured("NHIP_GRAFANA_TOKEN is empty or holds a letter that no token has: give a service account's token")
        # Never the address as set: it may hold a password.
        self._where = parts.netloc.rpartition("@")[2]
        path = parts.path.strip("/")
        prefix = f"{path}/" if path else ""
        face = GrafanaFace(token, host=self._where, url_path_prefix=prefix, protocol=parts.scheme, timeout=timeout_seconds)
        self._api = face.api
        # A redirect would turn a POST into a GET, and hide that the address is wrong.
        self._api.s.max_redirects = 0
        self._api.s.hooks["response"].append(self._remember)
        self._heard: list[requests.Response] = []

    def ask(self, method: str, path: str, body: object = None, *, accept: Collection[int] = ()) -> Answer:
        """One request; `path` begins after `/api`. Answers 2xx and the statuses of `accept`, raises GrafanaError for all others."""
        self._heard.clear()
        with self._reaching():
            try:
                told = self._call(method, path, body)
            except (GrafanaException, TypeError):
                # TypeError: grafana-api looks for `message` in whatever JSON an error page holds.
                if not self._heard or self._heard[-1].ok:
                    raise
                return self._refused(self._heard[-1], accept)
        return Answer(self._heard[-1].status_code, told)

    def _call(self, method: str, path: str, body: object) -> Any:
        try:
            return getattr(self._api, method)(path, json=body)
        except requests.exceptions.JSONDecodeError:
            if self._heard and not self._heard[-1].content:
                return None
            raise GrafanaMisconfigured(f"{self._where} answers, but not as Grafana does: check NHIP_GRAFANA_URL and its path") from None

    def _remember(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self._heard.append(response)

    def _refused(self, response: requests.Response, accept: Collection[int]) -> Answer:
        status, told = response.status_code, _json(response)
        said = _message(told, response)
        if status in accept and isinstance(told, dict):
            return Answer(status, told)
        if status >= 500 or status in RETRY_LATER:
            raise GrafanaUnavailable(f"Grafana at {self._where} answers {status} ({said}): try again later")
        if status == 401:
            raise GrafanaMisconfigured(
                f"Grafana at {self._where} does not know this token: check NHIP_GRAFANA_TOKEN, and that it has not expired"
            )
        if status == 403:
            raise GrafanaMisconfigured(f"Grafana refuses ({said}): give the token's service account the role Admin")
        if not isinstance(told, dict):
            raise GrafanaMisconfigured(f"{self._where} answers {status}, and not as Grafana does: check NHIP_GRAFANA_URL and its path")
        raise GrafanaMisconfigured(f"Grafana at {self._where} answers {status}: {said}")

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Sort what goes wrong before there is an answer."""
        try:
            yield
        except requests.TooManyRedirects as error:
            to = (error.response.headers.get("Location") if error.response is not None else None) or "another address"
            raise GrafanaMisconfigured(f"{self._where} sends on to {to}: give that address as NHIP_GRAFANA_URL") from None
        except requests.exceptions.SSLError as error:
            raise GrafanaMisconfigured(
                f"no secure connection to {self._where}: check its certificate, or name your authority's in REQUESTS_CA_BUNDLE"
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError) as error:
            raise GrafanaMisconfigured(f"{self._where} cannot be asked ({type(error).__name__}): check NHIP_GRAFANA_URL") from None
        except requests.RequestException as error:
            what = type(error).__name__
            raise GrafanaUnavailable(f"no answer from Grafana at {self._where} ({what}): check that it runs and can be reached") from error


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _message(told: Any, response: requests.Response) -> str:
    message = told.get("message") if isinstance(told, dict) else None
    return " ".join(str(message or response.reason or "no reason given").split())[:MOST_SHOWN]
