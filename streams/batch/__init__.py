"""The batch seam: one Faust event is one fetched partition batch. Importing it registers the `batch://` scheme."""

from streams.batch import transport as _transport
from streams.batch.patterns import TopicWatcher
from streams.batch.schema import BatchSchema
from streams.batch.settings import app_settings
from streams.batch.slots import Counters
from streams.batch.stream import ack_all, batch_topic, batches, still_ours

__all__ = ["BatchSchema", "Counters", "TopicWatcher", "ack_all", "app_settings", "batch_topic", "batches", "still_ours"]

del _transport
