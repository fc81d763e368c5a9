"""What a worker writes on standard error: one line for each thing that matters, for people or as JSON for machines."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

OURS = ("streams", "alerts", "points", "expectations")
CHATTER = ("great_expectations", "py.warnings", "mode.timers")
"""Loggers of libraries that set their own level or warn of what is no trouble: a timer that waited for a long poll, a regular
expression with groups. Their errors are shown."""
REPEATING = ("aiokafka", "kafka")
"""Loggers that write the same line many times a second while a broker is away."""
FALSE_ALARM = "Thread keepalive is not responding"
"""Faust's word for a thread that a busy machine did not let run for two seconds."""
PAUSE_SECONDS = 30.0


def to_stderr(level: str, form: Literal["text", "json"] = "text") -> None:
    """Our own lines from `level` on; the libraries' when they warn, and not the same again within half a minute."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    handler = logging.getLogger().handlers[0]
    handler.addFilter(Sparing())
    if form == "json":
        handler.setFormatter(JsonLines())
    for ours in OURS:
        logging.getLogger(ours).setLevel(level.upper())
    logging.getLogger("streams.batch").setLevel(logging.WARNING)  # Faust tells every start and stop of its services


class JsonLines(logging.Formatter):
    """One JSON object a line, whatever is in a message: `at` (UTC), `level`, `logger`, `message`, and `error` with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as one line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class Sparing(logging.Filter):
    """Lets pass what somebody should read."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written. Time is the record's own."""
        if record.name.startswith(CHATTER):
            return record.levelno >= logging.ERROR
        if FALSE_ALARM in str(record.msg):
            return False
        return not record.name.startswith(REPEATING) or self._is_news(record)

    def _is_news(self, record: logging.LogRecord) -> bool:
        line = record.name, str(record.msg)
        news = record.created - self._told.get(line, float("-inf")) >= PAUSE_SECONDS
        if news:
            self._told[line] = record.created
        return news
