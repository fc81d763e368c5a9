"""What aiokafka 0.14 overlooks when it asks for commits: the answer's own error.

A coordinator that still loads the group, as after a restart of its broker, answers with that error and with no partition at all. aiokafka
takes this for "there is no commit", and everything would be read again from the beginning, or, with another setting, be passed over.
"""

from __future__ import annotations

from typing import Any

from aiokafka import errors
from aiokafka.protocol.commit import OffsetFetchRequest


def heed_errors(coordinator: Any) -> None:
    """Make an aiokafka coordinator raise the error of such an answer: aiokafka tries again after those that pass."""
    ask = coordinator._send_req  # noqa: SLF001

    async def heeding(request: Any) -> Any:
        answer = await ask(request)
        if isinstance(request, OffsetFetchRequest):
            error = errors.for_code(getattr(answer, "error_code", 0))  # the oldest versions have none
            if error is errors.NotCoordinatorForGroupError:
                coordinator.coordinator_dead()
            if error is not errors.NoError:
                raise error
        return answer

    coordinator._send_req = heeding  # noqa: SLF001
