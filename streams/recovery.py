"""Recovery of the tables that outlasts a Kafka that is away.

Each step of stock Faust's recovery may take as long as a request (`broker_request_timeout`). When it takes longer, mode reports that the
service was stopped; Faust believes it, ends its recovery for good, and the worker waits for it for ever. An error of Kafka's ends the
worker. Here recovery begins anew in both cases.
"""

from __future__ import annotations

import logging
from typing import Any

from aiokafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError
from faust.tables.manager import TableManager
from faust.tables.recovery import RebalanceAgain, Recovery, ServiceStopped

log = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0


class PatientRecovery(Recovery):  # type: ignore[misc]  # faust publishes no types
    """Faust's, which begins anew where Kafka did not answer in time."""

    async def _wait(self, coro: Any, timeout: Any = None) -> None:  # noqa: ASYNC109  Faust's
        try:
            await super()._wait(coro, timeout)
        except ServiceStopped:
            if self.should_stop:
                raise
            await self._begin_anew("no answer in time")
        except IllegalStateError:  # a partition was given away meanwhile: Faust knows what to do
            raise
        except KafkaError as error:
            if not error.retriable and not isinstance(error, KafkaTimeoutError):
                raise
            await self._begin_anew(type(error).__name__)

    async def _begin_anew(self, why: str) -> None:
        log.warning("the tables cannot be read yet (%s); trying on", why)
        await self.sleep(AGAIN_SECONDS)
        self.signal_recovery_start.set()
        raise RebalanceAgain


class PatientTables(TableManager):  # type: ignore[misc]  # faust publishes no types
    """Faust's, with that recovery."""

    _recovery: PatientRecovery | None

    @property
    def recovery(self) -> PatientRecovery:
        """The recovery service."""
        if self._recovery is None:
            self._recovery = PatientRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
