"""`nhip declare`: who signs, what is refused before anything is sent, and messages that say what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from expectations.catalogue.load import load
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, identity
from streams.cli import Exit, main
from streams.declarations.admission import admit
from streams.declarations.signing import Keys, unit_key
from streams.embedded.broker import EmbeddedBroker
from streams.settings import HERE
from streams.topics import Names

FOLDER = HERE / "expectations" / "tay-ninh"
UNIT, FEED = "25486", "25486/bao-tro-xa-hoi"
MASTER, ADMIN = "m" * 40, "a" * 40
OWN = unit_key(MASTER, UNIT)
NAMES = Names.of("nhip")
ACK = ("ack", FEED, "2025-01", "--why", "Đã giao cán bộ xử lý")


def nhip(*arguments: str, **keys: str) -> Result:
    given = {f"NHIP_DECLARATION_{name.upper()}": key for name, key in keys.items()}
    environment = {"NHIP_CATALOGUE": str(FOLDER), "NHIP_KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    return CliRunner(env=environment | given).invoke(main, ["declare", *arguments])


def dry(*arguments: str, **keys: str) -> dict[str, Any]:
    result = nhip(*arguments, "--dry-run", "--json", **keys)
    assert result.exit_code == Exit.OK, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.mark.parametrize(
    ("keys", "options", "by"),
    [
        pytest.param({"key": OWN}, (), UNIT, id="a unit with its own key"),
        pytest.param({"master": MASTER}, (), UNIT, id="for a unit where the master secret is"),
        pytest.param({"admin_key": ADMIN}, (), ADMINISTRATOR, id="the administrator"),
        pytest.param({"admin_key": ADMIN, "master": MASTER}, (), ADMINISTRATOR, id="the administrator first"),
        pytest.param({"admin_key": ADMIN, "master": MASTER}, ("--by", "unit"), UNIT, id="unless told otherwise"),
    ],
)
def test_a_worker_believes_what_the_command_signs(keys: dict[str, str], options: tuple[str, ...], by: str) -> None:
    told = dry(*ACK, *options, **keys)
    value = json.dumps(told["record"]).encode()
    admitted = admit(value, told["record"]["declaration"]["made_ms"], load(FOLDER), Keys(MASTER, ADMIN))
    assert isinstance(admitted, Declaration)
    assert (admitted.by, identity(admitted), told["sent"]) == (by, told["id"], False)


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("2025-01", ("2025-01", "")),
        ("tháng 1/2025", ("2025-01", "")),
        ("2025-01..2025-03", ("2025-01", "2025-03")),
        ("1/2025..03/2025", ("2025-01", "2025-03")),
        ("2025-01..2025-01", ("2025-01", "")),
    ],
)
def test_periods_may_be_written_as_people_write_them(written: str, span: tuple[str, str]) -> None:
    said = dry("ack", FEED, written, "--why", "x", key=OWN)["record"]["declaration"]
    assert (said["first"], said["last"]) == span


MISTAKES = [
    pytest.param(ACK, {}, "NHIP_DECLARATION_KEY_FILE", id="no key"),
    pytest.param((*ACK, "--by", "administrator"), {"key": OWN}, "NHIP_DECLARATION_ADMIN_KEY_FILE", id="no administrator's key"),
    pytest.param(("waive", FEED, "2025-01", "--why", "x"), {"key": OWN}, "only the administrator", id="not a unit's to grant"),
    pytest.param(("nil", "25486/nope", "2025-01", "--why", "x"), {"key": OWN}, "owes no such feed", id="no such feed"),
    pytest.param(("ack", FEED, "2025-Q1", "--why", "x"), {"key": OWN}, "tháng 10/2025", id="no such period"),
    pytest.param(("ack", FEED, "2025-01..", "--why", "x"), {"key": OWN}, "the first and the last", id="half a span"),
    pytest.param(("promise", FEED, "2025-01", "--until", "soon", "--why", "x"), {"key": OWN}, "2025-11-30", id="no day"),
    pytest.param(
        ("promise", FEED, "2025-01", "--until", "2025-01-31", "--why", "x"), {"key": OWN}, "had passed", id="a day that has passed"
    ),
    pytest.param(("nil", FEED, "2030-01", "--why", "x"), {"key": OWN}, "has not ended", id="a period to come"),
    pytest.param(("revoke", FEED, "abc", "--why", "x"), {"key": OWN}, "32 digits", id="no id"),
    pytest.param(ACK, {"key": "short"}, "32", id="a key too short"),
    pytest.param(("key", "99999"), {"master": MASTER}, "no unit", id="a key of nobody"),
    pytest.param(("key", UNIT), {}, "NHIP_DECLARATION_MASTER_FILE", id="a key without the master secret"),
]


@pytest.mark.parametrize(("arguments", "keys", "said"), MISTAKES)
def test_a_mistake_is_told_in_one_message_and_nothing_is_sent(arguments: tuple[str, ...], keys: dict[str, str], said: str) -> None:
    result = nhip(*arguments, **keys)
    assert result.exit_code == Exit.USAGE
    assert said in result.output
    assert "Traceback" not in result.output
    assert not [key for key in keys.values() if key in result.output]


def test_a_broker_that_is_away_is_told_and_is_bad_news() -> None:
    result = nhip(*ACK, key=OWN)
    assert (result.exit_code, "NHIP_KAFKA_BOOTSTRAP" in result.output) == (Exit.FAILED, True)


def test_the_key_of_a_unit_is_its_own() -> None:
    keys = {unit: nhip("key", unit, master=MASTER).stdout.strip() for unit in (UNIT, "25480")}
    assert keys == {unit: unit_key(MASTER, unit) for unit in keys}
    assert len(set(keys.values())) == 2


def test_a_declaration_says_how_to_take_it_back() -> None:
    result = nhip(*ACK, "--dry-run", key=OWN)
    assert f"nhip declare revoke {FEED}" in result.stderr
    assert "let in" not in result.stderr, "nothing was sent"


def test_a_declaration_that_is_sent_says_where_it_shows_whether_it_is_let_in() -> None:
    """A wrong key is known to the workers only, so the command cannot say it."""
    with EmbeddedBroker() as broker:
        broker.create(NAMES.declarations)
        environment = {"NHIP_CATALOGUE": str(FOLDER), "NHIP_KAFKA_BOOTSTRAP": broker.bootstrap, "NHIP_DECLARATION_KEY": "k" * 40}
        result = CliRunner(env=environment).invoke(main, ["declare", *ACK])
    assert (result.exit_code, result.stdout.startswith(f"declared: ack {FEED}")) == (Exit.OK, True), result.output
    assert f"is it let in? nhip why {FEED}; one that is refused is in nhip quarantine list" in result.stderr
