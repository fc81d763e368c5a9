"""The links at the head of a dashboard: our other dashboards, and Nhịp's own page."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.models import dashboard

from grafana.names import Names

TAG = "nhip"


def links(names: Names) -> Iterator[board.DashboardLink]:
    """Whatever else bears our tag, such as the other language, with the same choices and time range; and the page, if it has an address."""
    others = board.DashboardLink(names.say("Bảng điều khiển khác", "Other dashboards")).type(dashboard.DashboardLinkType.DASHBOARDS)
    yield others.tags([TAG]).icon("dashboard").include_vars(include_vars=True).keep_time(keep_time=True)
    if names.page_url is not None:
        page = board.DashboardLink(names.say("Trang Nhịp", "Nhịp's page")).type(dashboard.DashboardLinkType.LINK)
        yield page.url(f"{names.page_url.rstrip('/')}/?lang={names.language}").icon("external link").target_blank(target_blank=True)
