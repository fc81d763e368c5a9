#!/usr/bin/env python
"""`reading_token.py INFLUXDB ORG BUCKET TOKEN_FILE OUT`: write a token that may read one bucket, and nothing else, into a file.

InfluxDB 2 chooses tokens itself, so that this one cannot be among the secrets made beforehand. Again, it finds the one it made.
Exit code 0: the file is written; 1: InfluxDB refused or did not answer. Python's own library is enough.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 30


def main(url: str, org: str, bucket: str, token_file: Path, out: Path) -> int:
    """Find or make the token and write it; returns the exit code."""
    api = Api(url, token_file.read_text(encoding="utf-8").rstrip("\r\n"))
    try:
        token = reading_token(api, org, bucket)
    except (OSError, LookupError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1
    out.write_text(token, encoding="utf-8")
    sys.stdout.write(f"{out}: a token that reads {bucket}\n")
    return 0


class Api:
    """InfluxDB's API, asked with an operator's token."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def ask(self, path: str, body: object = None, **query: str) -> Any:
        """The answer, decoded; a POST when there is a body. Raises OSError."""
        sent = None if body is None else json.dumps(body).encode()
        address = f"{self._url}/api/v2/{path}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(address, sent, self._headers)  # noqa: S310  our own InfluxDB
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  our own InfluxDB
            return json.load(answer)


def reading_token(api: Api, org: str, bucket: str) -> str:
    """The token that reads the bucket, made when it is not there. Raises OSError, LookupError."""
    buckets = api.ask("buckets", org=org, name=bucket).get("buckets") or []
    if not buckets:
        raise LookupError(f"no bucket {bucket!r} in the organisation {org!r}")
    of, called = buckets[0], f"Nhip: Grafana reads {bucket}"
    for there in api.ask("authorizations", org=org)["authorizations"]:
        if there["description"] == called and there["status"] == "active":
            return str(there["token"])
    resource = {"type": "buckets", "id": of["id"], "orgID": of["orgID"]}
    wanted = {"orgID": of["orgID"], "description": called, "permissions": [{"action": "read", "resource": resource}]}
    return str(api.ask("authorizations", wanted)["token"])


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit("usage: reading_token.py http://influxdb:8086 ORG BUCKET TOKEN_FILE OUT")
    url, org, bucket, token_file, out = sys.argv[1:]
    sys.exit(main(url.rstrip("/"), org, bucket, Path(token_file), Path(out)))
