"""`nhip config show`: every setting, its value and its origin; and no secret, wherever it hides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from streams.admin.origins import HIDDEN, public
from streams.cli import Exit, main
from streams.settings import Settings, load

SECRET = "s3cr3t"
SECRETS = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without `.env`, and none of the machine's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        for end in ("", "_FILE"):
            monkeypatch.delenv(f"NHIP_{name.upper()}{end}", raising=False)


def config(*arguments: str, **environment: str) -> Result:
    given = {f"NHIP_{name.upper()}": value for name, value in environment.items()}
    return CliRunner(env=given).invoke(main, ["config", "show", *arguments])


def told(**environment: str) -> dict[str, dict[str, Any]]:
    result = config("--json", **environment)
    assert result.exit_code == Exit.OK, result.output
    return {one["variable"]: one for one in json.loads(result.stdout)["settings"]}


def origin(variable: str, **environment: str) -> tuple[Any, str, list[str]]:
    one = told(**environment)[variable]
    return one["value"], one["origin"], one["overridden"]


def test_every_setting_is_listed_with_its_default() -> None:
    assert list(told()) == [f"NHIP_{name.upper()}" for name in Settings.model_fields]
    assert {one["origin"] for one in told().values()} == {"default"}
    assert told()["NHIP_PARTITIONS"]["value"] == load().partitions


def test_a_value_of_the_environment() -> None:
    assert origin("NHIP_PARTITIONS", partitions="8") == (8, "environment", [])


def test_a_value_of_the_default_that_was_set_all_the_same_has_an_origin() -> None:
    assert origin("NHIP_PARTITIONS", partitions="4") == (4, "environment", [])


def test_a_value_of_dotenv() -> None:
    Path(".env").write_text("NHIP_PARTITIONS=8\n")
    assert origin("NHIP_PARTITIONS") == (8, ".env", [])


def test_a_value_of_a_file_and_the_file() -> None:
    Path("bucket").write_text("province\n")
    assert origin("NHIP_INFLUXDB_BUCKET", influxdb_bucket_file="bucket") == ("province", "file bucket (NHIP_INFLUXDB_BUCKET_FILE)", [])


def test_what_counts_is_shown_first_and_what_does_not_is_told() -> None:
    """The environment before `.env`, and that before a file."""
    Path(".env").write_text("NHIP_APP_ID=dotenv\n")
    Path("app").write_text("file")
    in_file = "file app (NHIP_APP_ID_FILE)"
    assert origin("NHIP_APP_ID", app_id="environment", app_id_file="app") == ("environment", "environment", [".env", in_file])
    assert origin("NHIP_APP_ID", app_id_file="app") == ("dotenv", ".env", [in_file])
    assert "not used: .env" in config(app_id="environment").stdout


@pytest.mark.parametrize("how", ["environment", ".env", "file"])
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_shown(name: str, how: str) -> None:
    Path(".env").write_text(f"NHIP_{name.upper()}={SECRET}\n" if how == ".env" else "")
    Path("secret").write_text(SECRET)
    given = {"environment": {name: SECRET}, ".env": {}, "file": {f"{name}_file": "secret"}}[how]
    assert told(**given)[f"NHIP_{name.upper()}"]["value"] == HIDDEN
    for shown in (config(**given), config("--json", **given)):
        assert SECRET not in shown.output


def test_there_are_secrets_to_hide() -> None:
    assert {"influxdb_token", "smtp_password", "webhook_token"} <= set(SECRETS)


@pytest.mark.parametrize(
    ("name", "url", "shown"),
    [
        ("influxdb_url", "http://10.0.0.1:8086/api", "http://10.0.0.1:8086/api"),
        ("influxdb_url", f"http://admin:{SECRET}@influx:8086", "http://…@influx:8086"),
        ("grafana_url", f"https://grafana/?auth={SECRET}#x", "https://grafana/?…#…"),
        ("webhook_url", f"https://chat.vn/hook/{SECRET}", "https://chat.vn/…"),
        ("webhook_url", "https://chat.vn/", "https://chat.vn/"),
        ("page_url", "HTTPS://nhip.vn", "https://nhip.vn"),
        ("smtp_user", "nhip@tinh.vn", "nhip@tinh.vn"),
    ],
)
def test_addresses_are_shown_without_what_is_secret_in_them(name: str, url: str, shown: str) -> None:
    assert public(name, url) == shown


@pytest.mark.parametrize(("value", "shown"), [(None, None), (True, True), (5, 5), (2.5, 2.5), (Path("a/b"), "a/b"), (SecretStr(""), "")])
def test_other_values_are_shown_as_they_are(value: object, shown: object) -> None:
    assert public("any", value) == shown


def test_only_what_was_changed() -> None:
    lines = config("--changed", partitions="8").stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [["NHIP_PARTITIONS", "8", "environment"]]


def test_variables_that_are_no_setting_are_told_with_where_they_stand() -> None:
    Path(".env").write_text("NHIP_PARTITION=8\nOTHER=1\n")
    result = config("--json", kafka_bootstraps="x")
    assert json.loads(result.stdout)["unknown"] == [
        {"variable": "NHIP_KAFKA_BOOTSTRAPS", "origin": "environment"},
        {"variable": "NHIP_PARTITION", "origin": ".env"},
    ]
    assert "NHIP_PARTITION (.env) is no setting" in config().stderr


def test_a_file_variable_in_dotenv_is_said_not_to_be_read() -> None:
    Path(".env").write_text("NHIP_INFLUXDB_TOKEN_FILE=token\n")
    assert "NHIP_INFLUXDB_TOKEN_FILE is not read from .env" in config().stderr


def test_a_wrong_setting_is_told_with_where_it_comes_from_and_without_its_value() -> None:
    Path(".env").write_text("NHIP_PARTITIONS=s3cr3t\n")
    result = config()
    assert (result.exit_code, result.stdout, SECRET in result.stderr) == (Exit.USAGE, "", False)
    assert result.stderr.splitlines()[0].startswith("nhip: NHIP_PARTITIONS:")
    assert result.stderr.splitlines()[-1] == "NHIP_PARTITIONS comes from: .env"


def test_a_file_that_cannot_be_read_is_told() -> None:
    result = config(influxdb_token_file="nowhere")
    assert (result.exit_code, "NHIP_INFLUXDB_TOKEN_FILE" in result.stderr) == (Exit.USAGE, True)
