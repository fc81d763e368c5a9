"""The panels about Nhịp itself: does it keep up, how quick is it, what went wrong, what was set aside and why."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard

from grafana import asks
from grafana.influxql import Target
from grafana.looks import words
from grafana.names import Names
from grafana.panels import NONE_TOLD, RIGHT, Column, Place, lines, said_in, table


def panels(names: Names, y: int) -> Iterator[Builder[dashboard.Panel]]:
    """All of them, from the line `y` on."""
    yield _unread(names, Place(0, y, 12, 8))
    yield _troubles(names, Place(12, y, 12, 8))
    below = (_throughput, _times, _memory, _set_aside)
    yield from (panel(names, Place(6 * i, y + 8, 6, 8)) for i, panel in enumerate(below))


def _unread(names: Names, place: Place) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: bản ghi chưa đọc", "The monitor itself: records not read yet"),
        (
            "Tăng mãi là hệ thống giám sát đang chậm, không phải lỗi của đơn vị.",
            "If it keeps rising, the monitor is behind; no unit is at fault.",
        ),
    )
    return lines(said, place, [Target(asks.UNREAD, "time_series", "$tag_worker · $tag_stage")], "short")


def _troubles(names: Names, place: Place) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: sự cố", "The monitor itself: troubles"),
        ("Mọi số phải bằng 0 khi bình thường.", "All are 0 when all is well."),
    )
    told = {
        names.say("bản ghi bị cách ly", "records quarantined"): asks.troubles("quarantined"),
        names.say("điểm bị từ chối", "points refused"): asks.troubles("refused"),
        names.say("lần thử lại", "retries"): asks.troubles("retries"),
        names.say("thông báo chưa gửi được", "messages unsent"): asks.troubles("unsent"),
        names.say("thông báo đang chờ gửi lại", "messages waiting to be sent again"): asks.ASIDE,
    }
    targets = [Target(query, "time_series", title, chr(ord("A") + i)) for i, (title, query) in enumerate(told.items())]
    return lines(said, place, targets, "short")


def _throughput(names: Names, place: Place) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: bản ghi mỗi giây", "The monitor itself: records a second"),
        ("Số bản ghi mỗi khâu đọc được, tính chung mọi tiến trình.", "Records that each stage reads, all workers together."),
    )
    return lines(said, place, [Target(asks.THROUGHPUT, "time_series", "$tag_stage")], "short")


def _times(names: Names, place: Place) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: thời gian xử lý", "The monitor itself: how long it takes"),
        (
            "Lô lâu nhất của mỗi khâu, thời gian ghi của nơi nhận, và độ trễ của vòng lặp sự kiện. Hàng giây là chậm.",
            "The longest batch of each stage, how long a write or send takes, and hold-ups of the event loop. Seconds are slow.",
        ),
    )
    batch, write = names.say("lô", "batch"), names.say("ghi, gửi", "write, send")
    targets = [
        Target(asks.SLOWEST, "time_series", f"$tag_stage · {batch}", "A"),
        Target(asks.SINK, "time_series", f"$tag_stage · {write}", "B"),
        Target(asks.LOOP_LAG, "time_series", names.say("vòng lặp sự kiện", "event loop"), "C"),
    ]
    return lines(said, place, targets, "ms")


def _memory(names: Names, place: Place) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: bộ nhớ", "The monitor itself: memory"),
        ("Bộ nhớ của mỗi tiến trình. Tăng mãi là có sự cố.", "Resident memory of each worker. It should not keep rising."),
    )
    return lines(said, place, [Target(asks.MEMORY, "time_series", "$tag_worker")], "bytes")


def _set_aside(names: Names, place: Place) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Bản ghi bị cách ly theo lý do", "Records set aside, by reason"),
        (
            "Trong khoảng thời gian đang xem. `nhip quarantine list` liệt kê từng bản ghi.",
            "In the time range shown. `nhip quarantine list` has each record.",
        ),
        NONE_TOLD,
    )
    columns = {
        "reason": Column(names.say("Lý do", "Reason"), {"mappings": words(names.problems), "custom.minWidth": 180}),
        "records": Column(names.say("Bản ghi", "Records"), {"custom.width": 110} | RIGHT),
    }
    return table(said, place, asks.REASONS, columns, sort=("records",))
