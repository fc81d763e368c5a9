"""The kinds of panel that our dashboards are made of, each with one look. What they ask and say comes from the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from grafana_foundation_sdk.builders import common as shared
from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.builders import gauge as gauges
from grafana_foundation_sdk.builders import stat as stats
from grafana_foundation_sdk.builders import table as tables
from grafana_foundation_sdk.builders import timeseries
from grafana_foundation_sdk.models import common, dashboard

from grafana.influxql import SOURCE, Target
from grafana.looks import FAIR, GOOD, POOR, QUIET
from grafana.names import Names
from grafana.queries import Query

Builder = TypeVar("Builder", stats.Panel, gauges.Panel, tables.Panel, timeseries.Panel)

SHARES: Mapping[float | None, str] = {None: POOR, 0.8: FAIR, 0.95: GOOD}
"""What the shares of good rows or of time on time are coloured by, wherever they stand."""
NUMBER_SIZE, TITLE_SIZE = 44, 20
"""Pixels: read from across a room."""

RECENT = "3h"
HOUR = "65m"
"""For points that lie at the full hour and are written for every hour: one hour's, but for its first minutes, in which some are not yet."""


class Place(msgspec.Struct, frozen=True):
    """Where a panel stands on the grid, 24 columns wide."""

    x: int
    y: int
    w: int
    h: int


class Said(msgspec.Struct, frozen=True):
    """A panel's title, the sentence behind its information sign, and what it shows when there is nothing to show."""

    title: str
    about: str
    nothing: str


class Column(msgspec.Struct, frozen=True):
    """A column of a table, or a number of a stat panel: its heading and the properties of Grafana's field options."""

    title: str
    properties: Mapping[str, Any] = {}


RIGHT = {"custom.align": "right"}
BAR = {"custom.cellOptions": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}, "min": 0}
WRAPPED = {"custom.cellOptions": {"type": "auto", "wrapText": True}}
"""Looks of a table's column."""


def stat(said: Said, place: Place, query: Query, columns: Mapping[str, Column]) -> stats.Panel:
    """Large numbers side by side, one a column of the query, each on its own ground from 1 on."""
    panel = _common(stats.Panel(), said, place, [Target(query)])
    text = shared.VizTextDisplayOptions().value_size(NUMBER_SIZE).title_size(TITLE_SIZE)
    panel.reduce_options(_last()).text(text).text_mode(common.BigValueTextMode.VALUE_AND_NAME).graph_mode(common.BigValueGraphMode.NONE)
    panel.color_mode(common.BigValueColorMode.BACKGROUND_SOLID).orientation(common.VizOrientation.VERTICAL).unit("none").decimals(0)
    return _override(panel, columns)


def gauge(said: Said, place: Place, query: Query) -> gauges.Panel:
    """A share from 0 to 1 on an arc: poor below 80 %, fair below 95 %."""
    panel = _common(gauges.Panel(), said, place, [Target(query)])
    text = shared.VizTextDisplayOptions().value_size(NUMBER_SIZE).title_size(TITLE_SIZE)
    panel.reduce_options(_last()).text(text).unit("percentunit").decimals(1).min(0).max(1)
    panel.color_scheme(board.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
    return panel.thresholds(steps(SHARES))


def table(
    said: Said, place: Place, query: Query, columns: Mapping[str, Column], sort: Sequence[str], *, least_first: bool = False
) -> tables.Panel:
    """Rows in the order of the columns given, the largest (or least) of `sort` first; what is not named is not shown."""
    panel = _common(tables.Panel(), said, place, [Target(query)])
    # Grafana gives the tags of a series in no certain order.
    hidden = dict.fromkeys(("Time", *sorted((query.columns | query.tags) - set(columns))), True)
    order = {name: i for i, name in enumerate(columns)}
    panel.with_transformation(transformation("organize", {"excludeByName": hidden, "indexByName": order, "renameByName": {}}))
    panel.sort_by([shared.TableSortByFieldState().display_name(columns[name].title).desc(desc=not least_first) for name in sort])
    return _override(_readable(panel), columns)


def matrix(
    said: Said,
    place: Place,
    query: Query,
    axes: tuple[str, str, str],
    *,
    columns: Mapping[str, Column],
    mappings: list[dashboard.ValueMapping],
) -> tables.Panel:
    r"""Rows × columns × value, by the three names in `axes`; the first column is called `row\column` by Grafana."""
    row, column, value = axes
    panel = _common(tables.Panel(), said, place, [Target(query)])
    panel.with_transformation(transformation("groupingToMatrix", {"rowField": row, "columnField": column, "valueField": value}))
    shown = common.TableColoredBackgroundCellOptions(mode=common.TableCellBackgroundDisplayMode.BASIC)
    panel.mappings(mappings).cell_options(shown).align(common.FieldTextAlignment.CENTER).min_width(150)
    # A cell without a feed has no ground; Grafana's own would be green.
    panel.color_scheme(board.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS)).thresholds(steps({None: "transparent"}))
    return _override(_readable(panel), columns)


def lines(said: Said, place: Place, targets: Sequence[Target], unit: str) -> timeseries.Panel:
    """Curves over time."""
    panel = _common(timeseries.Panel(), said, place, targets)
    legend = (
        shared.VizLegendOptions()
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .show_legend(show_legend=True)
    )
    panel.legend(legend).tooltip(shared.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
    return panel.unit(unit).min(0).line_width(3).fill_opacity(10).show_points(common.VisibilityMode.AUTO)


def share(title: str, width: int) -> Column:
    """A share from 0 to 1 as a bar in the colours of the gauges."""
    colours = {"color": {"mode": "thresholds"}, "thresholds": steps(SHARES).build()}
    return Column(title, {"unit": "percentunit", "decimals": 1, "max": 1, "custom.minWidth": width} | colours | BAR)


NO_FIGURES = ("chưa có số liệu", "no figures")
NONE_TOLD = ("không có, hoặc chưa có số liệu", "none, or no figures")
"""Of a list that is empty when all is well."""


def said_in(names: Names, title: tuple[str, str], about: tuple[str, str], nothing: tuple[str, str] = NO_FIGURES) -> Said:
    """What a panel says in the dashboard's language, of Vietnamese and English."""
    return Said(names.say(*title), names.say(*about), names.say(*nothing))


def steps(colours: Mapping[float | None, str]) -> board.ThresholdsConfig:
    """Colours from a value on; None is the lowest."""
    found = [dashboard.Threshold(value=value, color=colour) for value, colour in colours.items()]
    return board.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(found)


def counted(title: str, colour: str) -> Column:
    """A number on its colour; on a quiet ground when it is 0."""
    return Column(title, {"color": {"mode": "thresholds"}, "thresholds": steps({None: QUIET, 1: colour}).build()})


def recent(panel: Builder, since: str = RECENT) -> Builder:
    """The panel, never asking for more than the last hours: a feed's point is repeated every hour, and an older one no longer holds."""
    return panel.time_from(since).hide_time_override(hide_time_override=True)


def transformation(name: str, options: Mapping[str, Any]) -> dashboard.DataTransformerConfig:
    """One step between the answer and what is shown."""
    return dashboard.DataTransformerConfig(id_val=name, options=dict(options))


def _common(panel: Builder, said: Said, place: Place, targets: Sequence[Target]) -> Builder:
    panel.title(said.title).description(said.about).no_value(said.nothing).datasource(SOURCE).targets(list(targets))
    panel.grid_pos(dashboard.GridPos(x=place.x, y=place.y, w=place.w, h=place.h))
    return panel


def _readable(panel: tables.Panel) -> tables.Panel:
    return panel.show_header(show_header=True).cell_height(common.TableCellHeight.MD).filterable(filterable=True)


def _override(panel: Builder, columns: Mapping[str, Column]) -> Builder:
    for name, column in columns.items():
        told = {"displayName": column.title, **column.properties}
        panel.override_by_name(name, [dashboard.DynamicConfigValue(id_val=i, value=value) for i, value in told.items()])
    return panel


def _last() -> shared.ReduceDataOptions:
    return shared.ReduceDataOptions().values(values=False).calcs(["lastNotNull"]).fields("")
