"""The Province dashboard: who is current, what is only current to …, how good the data are, whether Nhịp itself keeps up."""

from __future__ import annotations

import json
from typing import Any

from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from grafana import asks, monitor, tables
from grafana.links import TAG, links
from grafana.looks import COLOURS, periods, status_text, statuses, unit_link, words
from grafana.names import Names
from grafana.panels import BAR, NONE_TOLD, RIGHT, Column, Place, counted, gauge, matrix, recent, said_in, share, stat, table
from grafana.variables import variables
from points.table import STATUS_CODES

RANGE = "now-7d"
BELOW = 54
"""Where the panels about the province's punctuality end."""
GAUGES = ("dung", "du", "sach", "song")
COLOURED = {"custom.cellOptions": {"type": "color-background", "mode": "basic"}}


def uid(names: Names) -> str:
    """The dashboard's address in Grafana; each language has its own."""
    return "nhip-province" if names.language == "vi" else f"nhip-province-{names.language}"


def province(names: Names) -> dict[str, Any]:
    """The dashboard as Grafana's JSON, the same for the same names."""
    built = _dashboard(names).build()
    for i, panel in enumerate(built.panels or [], start=1):
        panel.id_val = i
    made: dict[str, Any] = json.loads(json.dumps(built, cls=JSONEncoder))
    return made


def text(made: dict[str, Any]) -> str:
    """A dashboard as a file holds it: the same bytes for the same dashboard."""
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _dashboard(names: Names) -> board.Dashboard:
    made = board.Dashboard(f"{names.province}: {names.say('nhịp dữ liệu', 'the rhythm of its data')}")
    made.uid(uid(names)).tags([TAG, names.language]).timezone(names.timezone).week_start("monday").readonly()
    made.time(RANGE, "now").refresh("1m").tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
    made.variables(variables(names))
    about = [_counts(names), *_gauges(names), _only_to(names), _worst(names), _by_verdict(names), _punctual(names)]
    below = [*tables.panels(names, BELOW), *monitor.panels(names, BELOW + (tables.HEIGHT if names.tables else 0))]
    for panel in (*about, *below):
        made.with_panel(panel)
    for link in links(names):
        made.link(link)
    return made


def _counts(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Số luồng dữ liệu theo tình trạng", "Feeds by status"),
        ("Mỗi luồng là một đơn vị × một CSDL chuyên ngành.", "A feed is one unit × one dataset."),
    )
    columns = {status: counted(status_text(names, status), COLOURS[status]) for status in STATUS_CODES}
    return recent(stat(said, Place(0, 0, 24, 4), asks.COUNTS, columns))


def _gauges(names: Names) -> list[Builder[dashboard.Panel]]:
    rows = (
        "Tỷ lệ dòng dữ liệu đạt các phép kiểm tra, trong số dòng có giá trị.",
        "Share of rows that meet the checks, of the rows with a value.",
    )
    feeds = (
        "Tỷ lệ luồng kịp thời hoặc mới đến hạn, không kể luồng chưa xác định và tạm dừng theo dõi.",
        "Share of feeds that are fresh or due, without the unknown and the suspended.",
    )
    made: list[Builder[dashboard.Panel]] = []
    for i, name in enumerate(GAUGES):
        title = _capital(names.dimensions[name])
        said = said_in(names, (title, title), feeds if name == "song" else rows)
        panel = gauge(said, Place(6 * i, 4, 6, 5), asks.ALIVE if name == "song" else asks.dimension(name))
        made.append(recent(panel) if name == "song" else panel)
    return made


def _only_to(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Dữ liệu mới chỉ cập nhật đến hết …", "Data current only to …"),
        ("Các luồng đã quá hạn, nặng nhất ở trên.", "Feeds whose deadline has passed, the worst first."),
        NONE_TOLD,
    )
    columns = {
        "unit": Column(names.say("Đơn vị", "Unit"), {"mappings": words(names.units), "custom.minWidth": 180} | unit_link(names)),
        "dataset": Column(names.say("CSDL chuyên ngành", "Dataset"), {"mappings": words(names.datasets), "custom.minWidth": 190}),
        "data_through": Column(names.say("Mới đến hết", "Current only to"), {"mappings": periods(names), "custom.width": 150}),
        "expected_through": Column(names.say("Phải đến hết", "Expected through"), {"mappings": periods(names), "custom.width": 150}),
        "periods_behind": Column(names.say("Chậm (kỳ)", "Periods behind"), {"custom.width": 100} | RIGHT),
        "lag_days": Column(names.say("Độ trễ (ngày)", "Lag (days)"), {"decimals": 0, "custom.width": 120} | RIGHT),
        "status_code": Column(names.say("Tình trạng", "Status"), {"mappings": statuses(names), "custom.width": 180} | COLOURED),
        "reason": Column(names.say("Lý do", "Reason"), {"mappings": words(names.reasons), "custom.minWidth": 180}),
    }
    panel = table(said, Place(0, 9, 16, 15), asks.ONLY_TO, columns, sort=("status_code", "lag_days"))
    return recent(panel)


def _worst(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Đơn vị cần đôn đốc nhất", "Units to urge first"),
        ("Số CSDL đã quá hạn của mỗi đơn vị, trên số CSDL được theo dõi.", "Datasets overdue of each unit, of those that are watched."),
        NONE_TOLD,
    )
    columns = {
        "unit": Column(names.say("Đơn vị", "Unit"), {"mappings": words(names.units), "custom.minWidth": 200} | unit_link(names)),
        "behind": Column(
            names.say("Quá hạn", "Overdue"), {"color": {"mode": "fixed", "fixedColor": COLOURS["stale"]}, "custom.minWidth": 140} | BAR
        ),
        "feeds": Column(names.say("Theo dõi", "Watched"), {"custom.width": 100} | RIGHT),
        "lag_days": Column(names.say("Trễ nhất (ngày)", "Longest lag (days)"), {"decimals": 0, "custom.width": 140} | RIGHT),
    }
    panel = table(said, Place(16, 9, 8, 15), asks.WORST_UNITS, columns, sort=("behind", "lag_days"))
    return recent(panel)


def _by_verdict(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Đơn vị × CSDL chuyên ngành", "Units × datasets"),
        ("Ô trống: đơn vị không phải cập nhật CSDL đó.", "An empty cell: the unit does not owe that dataset."),
    )
    head = {"mappings": words(names.units), "custom.minWidth": 260, "custom.align": "left", "custom.cellOptions": {"type": "auto"}}
    columns = {r"unit\dataset": Column(names.say("Đơn vị", "Unit"), head | unit_link(names))}
    columns |= {code: Column(name) for code, name in sorted(names.datasets.items())}
    panel = matrix(
        said, Place(0, 24, 24, 18), asks.BY_VERDICT, ("unit", "dataset", "status_code"), columns=columns, mappings=statuses(names)
    )
    return recent(panel)


def _punctual(names: Names) -> Builder[dashboard.Panel]:
    said = said_in(
        names,
        ("Mức đúng hạn trong tháng", "Punctuality of the month"),
        (
            "Tính đến hết ngày hôm qua. Không kể thời gian hệ thống giám sát không đọc được dữ liệu và các kỳ được miễn.",
            "Up to the end of yesterday. Without the time in which the monitor could not read, and without waived periods.",
        ),
    )
    columns = {
        "unit": Column(names.say("Đơn vị", "Unit"), {"mappings": words(names.units), "custom.minWidth": 260} | unit_link(names)),
        "on_time": share(names.say("Thời gian đúng hạn", "Time on time"), 200),
        "mean_delay_days": Column(names.say("Chậm trung bình (ngày)", "Mean delay (days)"), {"decimals": 1, "custom.width": 190} | RIGHT),
        "complete": Column(names.say("Số kỳ đã đủ", "Periods complete"), {"custom.width": 150} | RIGHT),
        "owed": Column(names.say("Số kỳ đến hạn", "Periods owed"), {"custom.width": 150} | RIGHT),
    }
    return table(said, Place(0, 42, 24, 12), asks.PUNCTUAL, columns, sort=("mean_delay_days",))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
