"""`nhip grafana`: files for provisioning, publishing, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from grafana.datasource import UID
from streams.cli import main
from tests.grafana import api
from tests.grafana.api import TOKEN, Reply

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine's own."""
    monkeypatch.chdir(tmp_path)
    for name in ("GRAFANA_URL", "GRAFANA_TOKEN", "GRAFANA_TOKEN_FILE", "INFLUXDB_URL", "INFLUXDB_TOKEN", "CATALOGUE", "LANGUAGE"):
        monkeypatch.delenv(f"NHIP_{name}", raising=False)


@pytest.fixture
def server() -> Iterator[tuple[api.Grafana, str]]:
    with api.running() as found:
        yield found


def nhip(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["grafana", *arguments], env={f"NHIP_{k}": v for k, v in environment.items()})


def test_build_writes_what_provisioning_reads(tmp_path: Path) -> None:
    done = nhip("build", "--out", "out", "--language", "vi", "--language", "en", "--influxdb-url", "http://influxdb:8086")
    assert done.exit_code == 0, done.output
    written = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file())
    boards = ["dashboards/nhip/nhip-province-en.json", "dashboards/nhip/nhip-province.json"]
    assert written == ["dashboards/nhip.yaml", *boards, "datasources/nhip.yaml"]
    (provider,) = yaml.safe_load((tmp_path / "out/dashboards/nhip.yaml").read_text())["providers"]
    assert provider["options"] == {"path": "/etc/grafana/provisioning/dashboards/nhip"}
    (source,) = yaml.safe_load((tmp_path / "out/datasources/nhip.yaml").read_text())["datasources"]
    assert (source["uid"], source["url"]) == (UID, "http://influxdb:8086")
    used = json.loads((tmp_path / "out" / boards[0]).read_text())["panels"][0]["targets"][0]["datasource"]
    assert used == {"type": source["type"], "uid": source["uid"]}


def test_build_writes_the_same_bytes_again(tmp_path: Path) -> None:
    """In another process, where sets have another order."""
    for folder, seed in (("one", "1"), ("two", "2")):
        command = [sys.executable, "-c", "from streams.cli import main; main()", "grafana", "build", "--out", folder]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(CHECKOUT)})
    one, two = ({str(p.relative_to(tmp_path / f)): p.read_bytes() for p in (tmp_path / f).rglob("*.*")} for f in ("one", "two"))
    assert one == two
    assert len(one) == 3


def test_build_speaks_the_catalogues_language_by_default(tmp_path: Path) -> None:
    nhip("build", "--out", "out")
    assert [p.name for p in (tmp_path / "out/dashboards/nhip").iterdir()] == ["nhip-province.json"]


def test_build_asks_for_tables_where_a_contract_promises_the_rows_before_changes(tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "expectations" / "tay-ninh", tmp_path / "province")
    made = tmp_path / "out/dashboards/nhip/nhip-province.json"
    assert nhip("build", "--out", "out", CATALOGUE=str(tmp_path / "province")).exit_code == 0
    assert "quality_table" not in made.read_text()
    with (tmp_path / "province/contracts/bao-tro-xa-hoi.yaml").open("a") as contract:
        contract.write("  - property: beforeImages\n    value: full\n")
    assert nhip("build", "--out", "out", CATALOGUE=str(tmp_path / "province")).exit_code == 0
    assert "quality_table" in made.read_text()
    assert "cần REPLICA IDENTITY FULL" in made.read_text(), "why a table is not known, in words"


def test_build_writes_no_secret(tmp_path: Path) -> None:
    nhip("build", "--out", "out", INFLUXDB_TOKEN="secret-of-influxdb", GRAFANA_TOKEN=TOKEN)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*.*"))
    assert b"secret-of-influxdb" not in everything
    assert TOKEN.encode() not in everything
    assert b"Token $__file{/run/secrets/influxdb_token}" in everything


def test_a_dollar_of_a_name_is_not_filled_in_by_grafana(tmp_path: Path) -> None:
    nhip("build", "--out", "out", INFLUXDB_BUCKET="a$b")
    assert yaml.safe_load((tmp_path / "out/datasources/nhip.yaml").read_text())["datasources"][0]["jsonData"]["dbName"] == "a$$b"


def test_build_into_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/dashboards").write_text("")
    done = nhip("build", "--out", "out")
    assert done.exit_code == 2
    assert "cannot write" in done.output


def test_publish_tells_each_step(server: tuple[api.Grafana, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "reading").write_text("may-only-read\n")
    done = nhip("publish", "--url", server[1], "--token-file", "token", "--influxdb-token-file", "reading", "--language", "en")
    assert done.exit_code == 0, done.output
    assert [line.rpartition(": ")[2].split(" ")[0] for line in done.output.splitlines()] == ["created", "created", "created", "checked"]
    assert server[0].datasources[UID]["secureJsonData"]["httpHeaderValue1"] == "Token may-only-read"
    assert TOKEN not in done.output
    assert "may-only-read" not in done.output


def test_publish_takes_address_and_token_from_settings(server: tuple[api.Grafana, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    assert nhip("publish", GRAFANA_URL=server[1], GRAFANA_TOKEN_FILE=str(tmp_path / "token")).exit_code == 0


def test_publish_without_an_address() -> None:
    done = nhip("publish", "--token", TOKEN)
    assert done.exit_code == 2
    assert "--url or NHIP_GRAFANA_URL" in done.output


def test_publish_with_a_wrong_token_is_a_wrong_setting(server: tuple[api.Grafana, str]) -> None:
    done = nhip("publish", "--url", server[1], "--token", "glsa_wrong")
    assert done.exit_code == 2
    assert "NHIP_GRAFANA_TOKEN" in done.output
    assert "glsa_wrong" not in done.output


def test_publish_to_a_grafana_in_trouble_may_be_tried_again(server: tuple[api.Grafana, str]) -> None:
    server[0].prepared["GET /folders/nhip"] = [Reply(503, {"message": "starting"})]
    done = nhip("publish", "--url", server[1], "--token", TOKEN)
    assert done.exit_code == 1
    assert "starting" in done.output


def test_publish_says_that_grafana_does_not_reach_influxdb(server: tuple[api.Grafana, str]) -> None:
    server[0].health = Reply(400, {"status": "ERROR", "message": "connection refused"})
    done = nhip("publish", "--url", server[1], "--token", TOKEN)
    assert done.exit_code == 1
    assert "trouble (connection refused)" in done.output
