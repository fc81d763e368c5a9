"""The choices at the head of a dashboard: departments, datasets and units by name."""

from __future__ import annotations

from collections.abc import Mapping

from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard

from grafana.asks import COVERED_DATASETS
from grafana.influxql import SOURCE
from grafana.names import Names

ALL = dashboard.VariableOption(selected=True, text=["All"], value=["$__all"])


def variables(names: Names) -> list[Builder[dashboard.VariableModel]]:
    """Three lists to choose from, and a hidden one that tells which datasets the chosen departments own."""
    return [
        _choice("department", names.say("Sở, ngành", "Department"), names.departments),
        _choice("dataset", names.say("CSDL chuyên ngành", "Dataset"), names.datasets),
        _choice("unit", names.say("Đơn vị", "Unit"), names.units),
        _covered(),
    ]


def _choice(name: str, label: str, of: Mapping[str, str]) -> Builder[dashboard.VariableModel]:
    """Names to choose from, codes behind them. All of them is asked for as `.*`, which keeps queries short."""
    listed = ",".join(f"{_escaped(shown)} : {code}" for shown, code in sorted((shown, code) for code, shown in of.items()))
    return (
        board.CustomVariable(name).label(label).values(listed).multi(multi=True).include_all(include_all=True).all_value(".*").current(ALL)
    )


def _covered() -> Builder[dashboard.VariableModel]:
    """Without a value of its own for All, which Grafana then asks for as the list of what it found."""
    found = board.QueryVariable("covered").hide(dashboard.VariableHide.HIDE_VARIABLE).datasource(SOURCE).query(COVERED_DATASETS)
    found.refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD).sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    return found.multi(multi=True).include_all(include_all=True).current(ALL)


def _escaped(text: str) -> str:
    """A name in a list whose parts are told apart by commas."""
    return text.replace(",", r"\,")
