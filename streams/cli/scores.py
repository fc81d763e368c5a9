"""`nhip scores`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import cast

import click

from alerts.transition import Transition
from alerts.transition import decode as decode_transition
from streams import clock, settings
from streams import scores as scoring
from streams.admin.whole import Read, read_whole
from streams.cli import UserError, common
from streams.cli.answers import asking, table
from streams.feeds.state import FeedState, decode_bucket
from streams.operations import OPERATIONS
from streams.scores import Asked, By
from streams.topics import Names

WORST_FIRST = 2.0
"""Beyond any share: what nobody can judge comes last."""


@click.command("scores", epilog="Examples: nhip scores; nhip scores --over quarter --day 2025-10-15 --by department --json")
@click.option("--over", type=click.Choice(["week", "month", "quarter"]), default="month", show_default=True, help="how long")
@click.option("--day", "day_text", help="a day of that week, month or quarter; today when not given")
@click.option(
    "--by", type=click.Choice(["unit", "dataset", "department", "province"]), default="unit", show_default=True, help="whose scores"
)
@click.option(
    "--objective",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="the share of time to be in order",
)
@click.option("--json", "wants_json", is_flag=True, help="one JSON object a line")
def command(over: str, day_text: str | None, by: str, objective: float, *, wants_json: bool) -> None:
    """Say how punctual and complete units, datasets, departments or the province were over a week, month or quarter, worst first.

    Read from Kafka: the transitions of a year, and the states of all feeds. Time that was suspended, or in which the monitor itself could
    not tell, does not count; waived periods are not owed.
    """
    catalogue, chosen, now_ms = common.catalogue(), settings.load(), clock.now_ms()
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(catalogue.timezone).date()
    asked = Asked(over, _day(day_text) if day_text else today, cast("By", by), objective)
    names = Names.of(chosen.app_id)
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # its errors are told in one message
    with asking():
        records = read_whole(chosen, [names.transitions, names.feeds])
    states = states_of(r for r in records if r.topic == names.feeds)
    changes = scoring.changes_of(transitions_of(r for r in records if r.topic == names.transitions), states)
    found = scoring.scores(catalogue, changes, states, asked, now_ms)
    lines = [scoring.as_json(catalogue, whose, score, asked) for whose, score in found.items()]
    lines.sort(key=lambda line: (WORST_FIRST if line["on_time_ratio"] is None else line["on_time_ratio"], line["id"]))
    if wants_json:
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    titles = ("ID", "NAME", "ON TIME", "COMPLETE", "MEAN DELAY", "BUDGET LEFT")
    shown = ("on_time_ratio", "completeness_ratio", "mean_delay_days", "budget_left_ratio")
    rows = ((line["id"], line["name_vi"], *(_cell(name, line[name]) for name in shown)) for line in lines)
    table(titles, rows, right=frozenset(titles[2:]))


def transitions_of(records: Iterable[Read]) -> list[Transition]:
    """The transitions of feeds; what the workers report of themselves stands in the same topic."""
    return [decode_transition(r.value) for r in records if r.value is not None and r.key != OPERATIONS.encode()]


def states_of(records: Iterable[Read]) -> dict[str, FeedState]:
    """The latest state of every feed."""
    latest = {(r.partition, r.key): r.value for r in records}
    return {feed: state for value in latest.values() if value is not None for feed, state in decode_bucket(value).items()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--day: {text!r} is no day; write 2025-10-15") from None


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f} d" if name.endswith("days") else f"{value:.1%}"
