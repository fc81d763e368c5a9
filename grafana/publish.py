"""Bring folder, datasource and dashboards to a Grafana. Doing it again changes nothing; what was interrupted is finished then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from grafana.client import Answer, Grafana, GrafanaMisconfigured, GrafanaUnavailable
from grafana.datasource import FOLDER_TITLE, FOLDER_UID, NAME, UID

NOT_FOUND, CONFLICT, PRECONDITION = 404, 409, 412
OWN = frozenset({"id", "version"})
"""What Grafana itself adds to a dashboard."""


class Step(msgspec.Struct, frozen=True):
    """One thing that is now as it should be, or (`trouble`) is not, with what Grafana says about it."""

    what: str
    done: Literal["created", "updated", "unchanged", "checked", "trouble"]
    says: str = ""


def publish(grafana: Grafana, datasource: Mapping[str, Any], dashboards: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    """Folder first, then the datasource, then the dashboards, then whether Grafana reaches InfluxDB. Raises GrafanaError."""
    yield _folder(grafana)
    yield _datasource(grafana, datasource)
    for dashboard in dashboards:
        yield _dashboard(grafana, dashboard)
    yield _health(grafana)


def _folder(grafana: Grafana) -> Step:
    what = f"folder {FOLDER_TITLE}"
    if _find(grafana, f"/folders/{FOLDER_UID}") is not None:
        return Step(what, "unchanged")
    made = grafana.ask("POST", "/folders", {"uid": FOLDER_UID, "title": FOLDER_TITLE}, accept={CONFLICT, PRECONDITION})
    if _ok(made):
        return Step(what, "created")
    if _find(grafana, f"/folders/{FOLDER_UID}") is not None:
        # Someone else made it between our question and our request.
        return Step(what, "unchanged")
    raise GrafanaMisconfigured(f"Grafana already has another folder {FOLDER_TITLE!r} ({_said(made)}): rename it")


def _datasource(grafana: Grafana, wanted: Mapping[str, Any]) -> Step:
    what = f"datasource {NAME}"
    found = _find(grafana, f"/datasources/uid/{UID}")
    if found is None:
        made = grafana.ask("POST", "/datasources", wanted, accept={CONFLICT})
        if not _ok(made):
            raise GrafanaMisconfigured(f"Grafana already has another datasource {NAME!r} ({_said(made)}): rename or delete it")
        return Step(what, "created")
    if found.get("readOnly"):
        return Step(what, "unchanged", "it comes from a file of this Grafana's provisioning")
    # Always written: Grafana never tells the token that it holds.
    made = grafana.ask("PUT", f"/datasources/uid/{UID}", wanted, accept={CONFLICT, PRECONDITION})
    if not _ok(made):
        raise GrafanaUnavailable(f"someone changed {what} at the same moment ({_said(made)}): run this again")
    return Step(what, "updated")


def _dashboard(grafana: Grafana, wanted: Mapping[str, Any]) -> Step:
    what = f"dashboard {wanted['title']}"
    found = _find(grafana, f"/dashboards/uid/{wanted['uid']}")
    meta = found["meta"] if found else {}
    if found and meta.get("provisioned"):
        return Step(what, "unchanged", "it comes from a file of this Grafana's provisioning")
    if found and _content(found["dashboard"]) == _content(wanted) and meta.get("folderUid") == FOLDER_UID:
        return Step(what, "unchanged")
    command = {"dashboard": {**wanted, "id": None}, "folderUid": FOLDER_UID, "overwrite": True, "message": "nhip grafana publish"}
    made = grafana.ask("POST", "/dashboards/db", command, accept={CONFLICT, PRECONDITION})
    if not _ok(made):
        raise GrafanaMisconfigured(f"Grafana does not take {what} ({_said(made)}): rename or delete the dashboard that stands in its way")
    return Step(what, "updated" if found else "created")


def _health(grafana: Grafana) -> Step:
    """Whether Grafana itself reaches InfluxDB: its network and token are not ours."""
    told = grafana.ask("GET", f"/datasources/uid/{UID}/health", accept={400, NOT_FOUND})
    if told.status == NOT_FOUND:
        return Step("InfluxDB as Grafana sees it", "unchanged", "this Grafana cannot check it")
    return Step("InfluxDB as Grafana sees it", "checked" if _ok(told) else "trouble", _said(told))


def _find(grafana: Grafana, path: str) -> Any:
    """What is there; None when nothing is."""
    found = grafana.ask("GET", path, accept={NOT_FOUND})
    return found.body if _ok(found) else None


def _content(dashboard: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in dashboard.items() if name not in OWN}


def _ok(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _said(answer: Answer) -> str:
    message = answer.body.get("message") if isinstance(answer.body, dict) else None
    return str(message or answer.status)
