"""Points in InfluxDB 1.8, 2.x and 3, through influxdb-client's synchronous API: one request, one answer, no retry of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from influxdb_client import InfluxDBClient, WritePrecision, WriteService
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError, LocationValueError

from points.answers import Answer, Fault, error_of, fault_of
from points.store import NO_TAGS, Point, Refused, StoreMisconfigured, StoreUnavailable, requests, shortened
from points.table import MEASUREMENTS

CONNECT_TIMEOUT_MS = 5_000
ANSWER_TIMEOUT_MS = 30_000


class InfluxStore:
    """A PointStore in a bucket; with 1.8 the bucket is `database/policy` and the token `user:password`."""

    def __init__(
        self,
        url: str,
        org: str,
        bucket: str,
        token: str,
        *,
        answer_timeout_ms: int = ANSWER_TIMEOUT_MS,
        gzip: bool = True,
    ) -> None:
        if not (token.isascii() and (token.isprintable() or not token)):
            raise StoreMisconfigured(
                "the InfluxDB token holds a letter that no token has: check NHIP_INFLUXDB_TOKEN for spaces and newlines"
            )
        self._bucket = bucket
        self._org = org
        # Never the address as set: it may hold a password.
        self._where = urlsplit(url).netloc.rpartition("@")[2]
        timeout = (CONNECT_TIMEOUT_MS, answer_timeout_ms)
        self._client = InfluxDBClient(url=url, token=token, org=org, timeout=timeout, enable_gzip=gzip)
        # The layer below WriteApi: the same request, and the answer's status, which WriteApi keeps to itself.
        self._writes = WriteService(self._client.api_client)

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        """See PointStore.write. Lines at fault are found by halving: a rewrite of the good ones is harmless."""
        refused = [Refused(line, "not one line") for line in lines if not _is_one_line(line)]
        # A stack keeps the order of lines: what was split is finished before what follows it.
        pending = list(requests([line for line in lines if _is_one_line(line)] if refused else lines))[::-1]
        while pending:
            chunk = pending.pop()
            fault = self._post(chunk)
            if fault is None:
                continue
            if fault.all_lines or len(chunk) == 1:
                refused.extend(Refused(line, fault.reason) for line in chunk)
            else:
                half = len(chunk) // 2
                pending += [chunk[half:], chunk[:half]]
        return refused

    def read(self, measurement: str, where: Mapping[str, str] = NO_TAGS) -> list[Point]:
        """See PointStore.read."""
        return self._select(measurement, where, "")

    def latest(self, measurement: str, where: Mapping[str, str] = NO_TAGS) -> list[Point]:
        """See PointStore.latest."""
        return self._select(measurement, where, " ORDER BY time DESC LIMIT 1")

    def ping(self) -> None:
        """See PointStore.ping: a write without lines, which checks address, token, organisation, bucket and the right to write."""
        # Not quite empty: influxdb-client announces gzip for an empty body and then does not pack it.
        answer = self._ask_to_write(b"\n")
        if answer is not None:
            raise error_of(answer, self._where)

    def close(self) -> None:
        """See PointStore.close."""
        self._client.close()

    def _post(self, chunk: Sequence[bytes]) -> Fault | None:
        """Write one request; None when all of it is stored. Raise StoreError."""
        answer = self._ask_to_write(b"\n".join(chunk))
        return None if answer is None else fault_of(answer, len(chunk), self._where)

    def _ask_to_write(self, body: bytes) -> Answer | None:
        with self._reaching():
            try:
                _, status, _ = self._writes.post_write_with_http_info(
                    self._org, self._bucket, body, precision=WritePrecision.MS, content_type="text/plain; charset=utf-8"
                )
            except ApiException as error:
                return self._answer(error)
        # InfluxDB says 204 to what it stored. A login page or a proxy says 200 and stores nothing.
        return None if status == 204 else Answer(status, "to a write")

    def _select(self, measurement: str, where: Mapping[str, str], order: str) -> list[Point]:
        conditions = " AND ".join(f"{_name(tag)} = {_text(value)}" for tag, value in where.items())
        condition = f" WHERE {conditions}" if conditions else ""
        series = self._query(f"SELECT * FROM {_name(measurement)}{condition} GROUP BY *{order}")  # noqa: S608  names and texts are quoted
        points = [point for one in series for point in _points(one)]
        return sorted(points, key=lambda p: (sorted(p.tags.items()), p.time_ms))

    def _query(self, query: str) -> list[dict[str, Any]]:
        """The series that an InfluxQL query answers: the one language of 1.x, 2.x and 3."""
        database, _, policy = self._bucket.partition("/")
        parameters = [("db", database), ("epoch", "ms"), ("q", query)] + ([("rp", policy)] if policy else [])
        with self._reaching():
            try:
                found = self._client.api_client.call_api(
                    "/query", "GET", query_params=parameters, response_type="object", _return_http_data_only=True
                )
            except ApiException as error:
                raise error_of(self._answer(error), self._where) from None
        if not isinstance(found, dict) or not found.get("results"):
            raise error_of(Answer(200, "something else than query results"), self._where)
        result = found["results"][0]
        if "error" in result:
            raise error_of(Answer(500, str(result["error"])), self._where)
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    def _answer(self, error: Any) -> Answer:
        """What the server said; status 0 is a failed TLS handshake."""
        if not error.status:
            raise StoreMisconfigured(f"no secure connection to {self._where}: {shortened(str(error.reason))}: check its certificate")
        headers = error.headers or {}
        return Answer(error.status, error.body or error.reason or "", headers.get("Retry-After"), headers.get("Date"))

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Sort what goes wrong before there is an answer."""
        try:
            yield
        except LocationValueError as error:
            raise StoreMisconfigured(f"{shortened(str(error))}: check NHIP_INFLUXDB_URL") from error
        except (HTTPError, OSError, UnicodeDecodeError) as error:
            what = error.__class__.__name__
            raise StoreUnavailable(f"no answer from InfluxDB at {self._where} ({what}): check that it runs and can be reached") from error


def _is_one_line(line: bytes) -> bool:
    """Whether the server would look at the line at all: it skips empty lines and comments without a word."""
    return bool(line.strip()) and not line.lstrip().startswith(b"#") and b"\n" not in line


def _points(series: Mapping[str, Any]) -> Iterator[Point]:
    """The points of one series of an InfluxQL answer. JSON has one kind of number: the table says which are floats."""
    measurement, columns = series["name"], series["columns"][1:]
    known = MEASUREMENTS[measurement].fields if measurement in MEASUREMENTS else {}
    floats = {name for name in columns if name in known and known[name].kind == "float"}
    for time_ms, *values in series["values"]:
        fields = {n: float(v) if n in floats else v for n, v in zip(columns, values, strict=True) if v is not None}
        yield Point(measurement, dict(series.get("tags", {})), fields, time_ms)


def _name(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
