"""How a topic should be beside how it is: what differs is named, with what mends it, and nothing else is."""

from __future__ import annotations

import msgspec
import pytest

from streams.admin.comparison import Compared, Found
from streams.topics import Topic

WANTED = Topic("nhip.points", 4, {"cleanup.policy": "compact,delete", "retention.ms": "604800000"})
AS_IT_SHOULD_BE = Found(4, 2, {"cleanup.policy": "compact,delete", "retention.ms": "604800000"})


def compared(**changed: object) -> Compared:
    return Compared(WANTED, 2, msgspec.structs.replace(AS_IT_SHOULD_BE, **changed))


def test_a_topic_as_it_should_be_has_no_difference() -> None:
    assert (compared().state, compared().differences) == ("ok", ())


def test_a_missing_topic_is_missing_and_not_different() -> None:
    missing = Compared(WANTED, 2, None)
    assert (missing.state, missing.differences) == ("missing", ())


@pytest.mark.parametrize("partitions", [3, 5])
def test_one_partition_more_or_less_differs_and_the_setting_that_mends_it_is_told(partitions: int) -> None:
    (difference,) = compared(partitions=partitions).differences
    assert (difference.what, difference.wanted, difference.found) == ("partitions", "4", str(partitions))
    assert f"NHIP_PARTITIONS={partitions}" in difference.mend


@pytest.mark.parametrize("replication", [1, 3])
def test_one_copy_more_or_less_differs(replication: int) -> None:
    (difference,) = compared(replication=replication).differences
    assert (difference.what, f"NHIP_REPLICATION_FACTOR={replication}" in difference.mend) == ("replication", True)


@pytest.mark.parametrize("value", ["604799999", "604800001", "-1"])
def test_a_config_differs_by_its_value_and_the_command_that_mends_it_is_told(value: str) -> None:
    (difference,) = compared(config={**AS_IT_SHOULD_BE.config, "retention.ms": value}).differences
    assert (difference.what, difference.wanted, difference.found) == ("retention.ms", "604800000", value)
    assert "--entity-name nhip.points --add-config retention.ms=604800000" in difference.mend


def test_a_config_that_kafka_does_not_tell_differs() -> None:
    """Not known is not well."""
    assert [d.what for d in compared(config={}).differences] == ["cleanup.policy", "retention.ms"]


def test_a_config_that_was_not_planned_is_nobodys_business() -> None:
    assert compared(config={**AS_IT_SHOULD_BE.config, "segment.bytes": "1"}).differences == ()


@pytest.mark.parametrize(("policy", "same"), [("delete,compact", True), ("compact, delete", True), ("compact", False), ("", False)])
def test_the_order_of_a_list_does_not_matter(policy: str, *, same: bool) -> None:
    found = compared(config={**AS_IT_SHOULD_BE.config, "cleanup.policy": policy})
    assert (found.state == "ok") is same
