"""The four dimensions of data, in the order in which the province says them: đúng, đủ, sạch, sống."""

from __future__ import annotations

from enum import StrEnum


class Dimension(StrEnum):
    """Keys of the dimensions; their names for readers are in `alerts.words.DIMENSIONS`. A check has one of the first three."""

    DUNG = "dung"
    DU = "du"
    SACH = "sach"
    SONG = "song"


OF_CHECKS = (Dimension.DUNG, Dimension.DU, Dimension.SACH)
"""What a check can measure. `song` (liveness) is told by the verdict, never by a check."""
