"""`nhip suite --topic` on a real broker: the newest records of every partition, and no more of them than asked for."""

from __future__ import annotations

import json

import pytest

from streams.admin import clients
from streams.admin.newest import NoTopic, newest
from streams.cli import Exit
from streams.settings import load
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.admin_cluster import nhip
from tests.streams.test_cli_suite import DATASET, NINE, event


def values(first: int, last: int) -> list[bytes]:
    return [json.dumps(event(n)["value"]).encode() for n in range(first, last)]


def test_the_newest_records_of_every_partition_are_read(kafka_bootstrap: str) -> None:
    with admin_cluster.topic(kafka_bootstrap, unique("newest"), 2) as topic:
        admin_cluster.put(kafka_bootstrap, topic, [b"%d" % n for n in range(10)])
        admin_cluster.put(kafka_bootstrap, topic, [b"a", b"b"], partition=1)
        with clients.reader(load(kafka_bootstrap=kafka_bootstrap)) as consumer:
            assert [r.value for r in newest(consumer, topic, 6)] == [b"7", b"8", b"9", b"a", b"b"]
            assert len(list(newest(consumer, topic, 100))) == 12
            with pytest.raises(NoTopic):
                list(newest(consumer, f"{topic}-gone", 1))


def test_a_suite_is_proposed_and_tried_on_a_topic(kafka_bootstrap: str) -> None:
    name = f"{unique('s')}.ho_ngheo.public.ho"
    with admin_cluster.topic(kafka_bootstrap, name) as topic:
        admin_cluster.put(kafka_bootstrap, topic, values(0, 50), timestamps_ms=[NINE + n for n in range(50)])
        made = nhip(kafka_bootstrap, "nhip", "suite", "new", DATASET, "--topic", topic)
        assert made.exit_code == Exit.OK, made.output
        assert len(json.loads(made.stdout)["expectations"]) > 5
        tried = nhip(kafka_bootstrap, "nhip", "suite", "try", DATASET, "--json", "--topic", topic, "--records", "20")
        assert "judging 20 rows" in tried.stderr


def test_a_topic_that_does_not_exist_is_told(kafka_bootstrap: str) -> None:
    made = nhip(kafka_bootstrap, "nhip", "suite", "new", DATASET, "--topic", f"{unique('s')}.ho_ngheo.public.ho")
    assert (made.exit_code, "there is no topic" in made.output) == (Exit.USAGE, True)
