"""Publishing: what is created, what is left alone, what a second time does, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grafana.client import Grafana, GrafanaMisconfigured, GrafanaUnavailable
from grafana.datasource import FOLDER_TITLE, FOLDER_UID, NAME, UID, datasource
from grafana.province import province
from grafana.publish import publish
from tests.grafana import api
from tests.grafana.api import TOKEN, Reply, fault
from tests.grafana.scene import names

SOURCE = datasource("http://influxdb:8086", "nhip/autogen", "secret-of-influxdb")
BOARDS = [province(names("vi")), province(names("en"))]
FIRST = ["created", "created", "created", "created", "checked"]


@pytest.fixture
def server() -> Iterator[tuple[api.Grafana, str]]:
    with api.running() as found:
        yield found


def published(server: tuple[api.Grafana, str], boards: list[dict[str, Any]] = BOARDS) -> list[str]:
    return [step.done for step in publish(Grafana(server[1], TOKEN), SOURCE, boards)]


def test_an_empty_grafana_gets_everything(server: tuple[api.Grafana, str]) -> None:
    assert published(server) == FIRST
    grafana = server[0]
    assert grafana.folders[FOLDER_UID]["title"] == FOLDER_TITLE
    assert grafana.datasources[UID]["jsonData"]["dbName"] == "nhip"
    assert grafana.datasources[UID]["secureJsonData"] == {"httpHeaderValue1": "Token secret-of-influxdb"}
    assert set(grafana.dashboards) == {"nhip-province", "nhip-province-en"}
    assert {d["meta"]["folderUid"] for d in grafana.dashboards.values()} == {FOLDER_UID}


def test_a_second_time_writes_nothing_but_the_datasource(server: tuple[api.Grafana, str]) -> None:
    """Its token may have changed, and Grafana never tells the one that it holds."""
    published(server)
    server[0].asked.clear()
    assert published(server) == ["unchanged", "updated", "unchanged", "unchanged", "checked"]
    assert server[0].written == [f"PUT /datasources/uid/{UID}"]
    assert server[0].dashboards["nhip-province"]["dashboard"]["version"] == 1


def test_what_someone_changed_by_hand_is_put_right(server: tuple[api.Grafana, str]) -> None:
    published(server)
    server[0].dashboards["nhip-province"]["dashboard"]["title"] = "by hand"
    server[0].dashboards["nhip-province-en"]["meta"]["folderUid"] = "elsewhere"
    assert published(server)[2:4] == ["updated", "updated"]
    assert server[0].dashboards["nhip-province"]["dashboard"]["title"] == BOARDS[0]["title"]


def test_a_folder_that_someone_renamed_keeps_its_name(server: tuple[api.Grafana, str]) -> None:
    published(server)
    server[0].folders[FOLDER_UID]["title"] = "Dữ liệu"
    assert published(server)[0] == "unchanged"
    assert server[0].folders[FOLDER_UID]["title"] == "Dữ liệu"


@pytest.mark.parametrize("status", [409, 412])
def test_a_folder_that_another_made_at_the_same_moment_is_taken(server: tuple[api.Grafana, str], status: int) -> None:
    grafana = server[0]
    grafana.prepared[f"GET /folders/{FOLDER_UID}"] = [fault(404, "folder not found")]
    grafana.prepared["POST /folders"] = [fault(status, "exists")]
    grafana.folders[FOLDER_UID] = {"uid": FOLDER_UID, "title": FOLDER_TITLE}
    assert published(server)[0] == "unchanged"


def test_after_an_interruption_the_rest_is_done(server: tuple[api.Grafana, str]) -> None:
    server[0].prepared["POST /dashboards/db"] = [fault(503, "restarting")]
    with pytest.raises(GrafanaUnavailable, match="restarting"):
        published(server)
    assert published(server) == ["unchanged", "updated", "created", "created", "checked"]


def test_what_comes_from_files_is_left_alone(server: tuple[api.Grafana, str]) -> None:
    published(server)
    grafana = server[0]
    grafana.datasources[UID]["readOnly"] = True
    grafana.dashboards["nhip-province"]["meta"]["provisioned"] = True
    grafana.dashboards["nhip-province"]["dashboard"]["title"] = "of an older file"
    grafana.asked.clear()
    steps = list(publish(Grafana(server[1], TOKEN), SOURCE, BOARDS[:1]))
    assert [s.done for s in steps] == ["unchanged", "unchanged", "unchanged", "checked"]
    assert all("provisioning" in s.says for s in steps[1:3])
    assert grafana.written == []


def test_another_datasource_of_the_name_stands_in_the_way(server: tuple[api.Grafana, str]) -> None:
    server[0].datasources["other"] = {"name": NAME}
    with pytest.raises(GrafanaMisconfigured, match=f"another datasource {NAME!r}.*rename or delete"):
        published(server)


def test_another_folder_of_the_name_stands_in_the_way(server: tuple[api.Grafana, str]) -> None:
    server[0].folders["other"] = {"title": FOLDER_TITLE}
    with pytest.raises(GrafanaMisconfigured, match=f"another folder {FOLDER_TITLE!r}.*rename"):
        published(server)


def test_a_dashboard_that_grafana_does_not_take_is_named(server: tuple[api.Grafana, str]) -> None:
    server[0].prepared["POST /dashboards/db"] = [Reply(412, {"message": "A dashboard with the same name exists", "status": "name-exists"})]
    with pytest.raises(GrafanaMisconfigured, match=r"Tỉnh Mẫu.*same name exists"):
        published(server)


@pytest.mark.parametrize("status", [409, 412])
def test_a_datasource_changed_at_the_same_moment(server: tuple[api.Grafana, str], status: int) -> None:
    published(server)
    server[0].prepared[f"PUT /datasources/uid/{UID}"] = [fault(status, "version conflict")]
    with pytest.raises(GrafanaUnavailable, match="run this again"):
        published(server)


def test_grafana_that_does_not_reach_influxdb_is_told(server: tuple[api.Grafana, str]) -> None:
    server[0].health = Reply(400, {"status": "ERROR", "message": "error reading InfluxDB: 401 Unauthorized"})
    (*_, last) = publish(Grafana(server[1], TOKEN), SOURCE, BOARDS)
    assert (last.done, last.says) == ("trouble", "error reading InfluxDB: 401 Unauthorized")


def test_grafana_that_cannot_check_is_no_trouble(server: tuple[api.Grafana, str]) -> None:
    server[0].health = fault(404, "Not found")
    assert published(server)[-1] == "unchanged"


def test_a_wrong_token_changes_nothing(server: tuple[api.Grafana, str]) -> None:
    with pytest.raises(GrafanaMisconfigured, match="NHIP_GRAFANA_TOKEN"):
        list(publish(Grafana(server[1], "glsa_wrong"), SOURCE, BOARDS))
    assert server[0].written == []
