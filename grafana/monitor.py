"""The panels about Nhịp itself: does it keep up, how quick is it, what went wrong, what was set aside and why."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard

from grafana import asks
from grafana.influxql import Target
from grafana.looks import words
from grafana.names import Names
from grafana.panels import Column, Place, lines, said_in, table

RIGHT = {"custom.align": "right"}


def panels(names: Names) -> Iterator[Builder[dashboard.Panel]]:
    """All of them, below the panels about the province."""
    yield from (_unread(names), _troubles(names), _throughput(names), _times(names), _set_aside(names))


def _unread(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: bản ghi chưa đọc", "The monitor itself: records not read yet"),
        (
            "Tăng mãi là hệ thống giám sát đang chậm, không phải lỗi của đơn vị.",
            "If it keeps rising, the monitor is behind; no unit is at fault.",
        ),
    )
    return lines(said, Place(0, 54, 12, 8), [Target(asks.UNREAD, "time_series", "$tag_worker · $tag_stage")], "short")


def _troubles(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: sự cố", "The monitor itself: troubles"),
        ("Mọi số phải bằng 0 khi bình thường.", "All are 0 when all is well."),
    )
    told = {
        "quarantined": names.say("bản ghi bị cách ly", "records quarantined"),
        "refused": names.say("điểm bị từ chối", "points refused"),
        "retries": names.say("lần thử lại", "retries"),
        "unsent": names.say("thông báo chưa gửi được", "messages unsent"),
    }
    targets = [Target(asks.troubles(f), "time_series", title, chr(ord("A") + i)) for i, (f, title) in enumerate(told.items())]
    return lines(said, Place(12, 54, 12, 8), targets, "short")


def _throughput(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: bản ghi mỗi giây", "The monitor itself: records a second"),
        ("Số bản ghi mỗi khâu đọc được, tính chung mọi tiến trình.", "Records that each stage reads, all workers together."),
    )
    return lines(said, Place(0, 62, 8, 8), [Target(asks.THROUGHPUT, "time_series", "$tag_stage")], "short")


def _times(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Hệ thống giám sát: thời gian xử lý", "The monitor itself: how long it takes"),
        (
            "Lô lâu nhất của mỗi khâu, và thời gian ghi của nơi nhận. Hàng giây là chậm.",
            "The longest batch of each stage, and how long a write or send takes. Seconds are slow.",
        ),
    )
    batch, write = names.say("lô", "batch"), names.say("ghi, gửi", "write, send")
    targets = [
        Target(asks.SLOWEST, "time_series", f"$tag_stage · {batch}", "A"),
        Target(asks.SINK, "time_series", f"$tag_stage · {write}", "B"),
    ]
    return lines(said, Place(8, 62, 8, 8), targets, "ms")


def _set_aside(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Bản ghi bị cách ly theo lý do", "Records set aside, by reason"),
        (
            "Trong khoảng thời gian đang xem. `nhip quarantine list` liệt kê từng bản ghi.",
            "In the time range shown. `nhip quarantine list` has each record.",
        ),
    )
    columns = {
        "reason": Column(names.say("Lý do", "Reason"), {"mappings": words(names.problems), "custom.minWidth": 180}),
        "records": Column(names.say("Bản ghi", "Records"), {"custom.width": 110} | RIGHT),
    }
    return table(said, Place(16, 62, 8, 8), asks.REASONS, columns, sort=("records",))
