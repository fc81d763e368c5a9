"""Asking a service over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request


def call(method: str, url: str, body: object = None, **headers: str) -> bytes:
    """The body of an HTTP answer; an error's text is raised with it as RuntimeError."""
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, sent, {"Content-Type": "application/json", **headers}, method=method)  # noqa: S310  own services
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  own services
            found: bytes = answer.read()
            return found
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from error
