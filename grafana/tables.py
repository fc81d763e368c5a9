"""The panels about the rows that are in the tables now, where contracts promise the rows before changes."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard

from grafana import asks_of_tables as asks
from grafana.looks import unit_link, words
from grafana.names import Names
from grafana.panels import HOUR, NONE_TOLD, RIGHT, WRAPPED, Column, Place, recent, said_in, share, table

HEIGHT = 14


def panels(names: Names, y: int) -> Iterator[Builder[dashboard.Panel]]:
    """All of them, from the line `y` on; none where no contract promises it: they would stay empty for ever."""
    if names.tables:
        yield from (_by_dataset(names, y), _unknown(names, y), _failed(names, y))


def _by_dataset(names: Names, y: int) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Bảng dữ liệu hiện tại", "The tables as they are now"),
        (
            "Các dòng đang có trong bảng, không kể lỗi đã được sửa. Chỉ những CSDL có `beforeImages: full`.",
            "The rows that are in the tables now, without what was mended. Datasets with `beforeImages: full` only.",
        ),
    )
    columns = {
        "dataset": Column(names.say("CSDL chuyên ngành", "Dataset"), {"mappings": words(names.datasets), "custom.minWidth": 170}),
        "passed": share(names.say("Đạt", "Meet the checks"), 160),
    }
    return recent(table(said, Place(0, y, 8, 7), asks.BY_DATASET, columns, sort=("passed",), least_first=True), HOUR)


def _unknown(names: Names, y: int) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Bảng chưa biết rõ hiện có gì", "Tables of which nothing is known"),
        (
            "Hầu hết kết thúc khi nguồn chụp lại toàn bộ bảng (snapshot).",
            "Most of it ends when the source takes a snapshot of the whole table.",
        ),
        NONE_TOLD,
    )
    columns = {
        "unit": Column(names.say("Đơn vị", "Unit"), {"mappings": words(names.units), "custom.minWidth": 150} | unit_link(names)),
        "dataset": Column(names.say("CSDL chuyên ngành", "Dataset"), {"mappings": words(names.datasets), "custom.minWidth": 130}),
        "why": Column(names.say("Lý do", "Reason"), {"mappings": words(names.unknown_tables), "custom.minWidth": 200} | WRAPPED),
    }
    return recent(
        table(said, Place(0, y + 7, 8, HEIGHT - 7), asks.unknown(names.unknown_tables), columns, sort=("unit",), least_first=True), HOUR
    )


def _failed(names: Names, y: int) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Bảng dữ liệu hiện tại: phép kiểm tra không đạt", "The tables as they are now: checks not met"),
        (
            "Sửa hoặc xóa dòng lỗi ở nguồn thì phép kiểm tra đạt trở lại.",
            "When the rows are mended or deleted at the source, the check is met again.",
        ),
        NONE_TOLD,
    )
    columns = {
        "unit": Column(names.say("Đơn vị", "Unit"), {"mappings": words(names.units), "custom.minWidth": 180} | unit_link(names)),
        "dataset": Column(names.say("CSDL chuyên ngành", "Dataset"), {"mappings": words(names.datasets), "custom.minWidth": 180}),
        "check": Column(names.say("Phép kiểm tra", "Check"), {"custom.minWidth": 200}),
        "dimension": Column(names.say("Tiêu chí", "Dimension"), {"mappings": words(names.dimensions), "custom.width": 110}),
        "rows": Column(names.say("Dòng trong bảng", "Rows in the table"), {"custom.width": 140} | RIGHT),
        "unexpected": Column(names.say("Không đạt", "Against it"), {"custom.width": 110} | RIGHT),
        "ratio": share(names.say("Đạt", "Meet it"), 110),
        "observed": Column(names.say("Giá trị đo được", "Observed"), {"custom.width": 140} | RIGHT),
    }
    return recent(table(said, Place(8, y, 16, HEIGHT), asks.FAILED, columns, sort=("unexpected",)), HOUR)
