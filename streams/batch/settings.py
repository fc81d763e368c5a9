"""Settings of a Faust app on the batch seam, each with its reason."""

from __future__ import annotations

from typing import Any

_PRACTICALLY_NEVER_SECONDS = 1e6


def app_settings() -> dict[str, Any]:
    """Return keyword arguments for `faust.App`; what a deployment decides (broker, id, store, datadir) is not among them."""
    return {
        # The default waits for ever for a batch that a failed agent never acked; our commits do not need the wait.
        "stream_wait_empty": False,
        # After this long without a fetch aiokafka leaves the group and Faust never comes back: alive, consuming nothing.
        # `consumer.last_fetch_monotonic` is how to notice a worker that stopped fetching.
        "broker_max_poll_interval": _PRACTICALLY_NEVER_SECONDS,
        # Records of one poll, all partitions together: an agent that does nothing was a tenth slower with 4,000, a fourth with 1,000.
        "broker_max_poll_records": 8000,
        # Acks not committed when a worker dies are read again: keep that little.
        "broker_commit_interval": 1.0,
        # A fresh group reads what is there; "latest" would lose what came before the first commit.
        "consumer_auto_offset_reset": "earliest",
        # No agent runs on the leader only, and the leader's topic is one more to create.
        "topic_disable_leader": True,
        # Faust's own pages show table contents to anybody who asks.
        "web_enabled": False,
        # A batch takes as long as it takes; Faust's "stopped processing" errors are false alarms here.
        "stream_processing_timeout": _PRACTICALLY_NEVER_SECONDS,
        "broker_commit_livelock_soft_timeout": _PRACTICALLY_NEVER_SECONDS,
        # State is written in buckets of feeds: records are few and large.
        "producer_max_request_size": 8_000_000,
        "consumer_max_fetch_size": 8_000_000,
    }
