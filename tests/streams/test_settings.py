"""Settings: where they come from, what is said of a wrong one, and that no secret is ever shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from streams import settings
from streams.settings import HERE, SettingsError, load, unknown_variables
from streams.settings_table import markdown

SECRET = "s3cr3t-of-the-province"
SECRETS = ("influxdb_token", "grafana_token", "kafka_password", "smtp_password", "webhook_token")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine, and no `.env` of the checkout."""
    for variable in [v for v in os.environ if v.startswith(settings.PREFIX)]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)


def mistakes(**given: object) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load(**given)
    return str(raised.value).splitlines()


class TestWhereTheyComeFrom:
    def test_everything_has_a_default(self) -> None:
        assert load().kafka_bootstrap == "127.0.0.1:9092"

    def test_the_default_catalogue_is_there(self) -> None:
        assert (load().catalogue / "province.yaml").is_file()

    def test_a_variable_wins_over_dotenv(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("NHIP_PAGE_PORT=1111\nNHIP_APP_ID=from-file\n")
        monkeypatch.setenv("NHIP_PAGE_PORT", "2222")
        assert (load().page_port, load().app_id) == (2222, "from-file")

    def test_dotenv_is_read_as_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("NHIP_MAIL_FROM=Nhịp <nhip@tayninh.example>\n", encoding="utf-8")
        assert load().mail_from == "Nhịp <nhip@tayninh.example>"

    def test_a_file_gives_a_secret_without_its_last_newline(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "token").write_text(f"{SECRET}\n")
        monkeypatch.setenv("NHIP_INFLUXDB_TOKEN_FILE", str(tmp_path / "token"))
        assert load().influxdb_token.get_secret_value() == SECRET

    def test_a_variable_wins_over_its_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("other")
        monkeypatch.setenv("NHIP_INFLUXDB_TOKEN_FILE", str(tmp_path / "token"))
        monkeypatch.setenv("NHIP_INFLUXDB_TOKEN", SECRET)
        assert load().influxdb_token.get_secret_value() == SECRET

    @pytest.mark.parametrize("variable", ["NHIP_SMTP_HOST", "NHIP_OUTBOX_DIR", "NHIP_WEBHOOK_URL", "NHIP_PAGE_PORT"])
    def test_an_empty_variable_is_as_good_as_none(self, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
        """Compose files write `NHIP_SMTP_HOST=` for what is not set."""
        without = load()
        monkeypatch.setenv(variable, "")
        assert load() == without

    def test_they_cannot_be_changed_afterwards(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            load().page_port = 1


WRONG = [
    ("language", "fr", "'vi' or 'en'"),
    ("app_id", "Nhịp", "consumer group and prefix"),
    ("kafka_bootstrap", "kafka", "host:port[,host:port…]"),
    ("kafka_bootstrap", "kafka:9092, other:9092", "host:port[,host:port…]"),
    ("replication_factor", 0, "greater than or equal to 1"),
    ("partitions", 257, "less than or equal to 256"),
    ("partitions", "four", "valid integer"),
    ("create_topics", "perhaps", "valid boolean"),
    ("window_seconds", 59, "greater than or equal to 60"),
    ("tick_seconds", 0, "greater than 0"),
    ("points", "postgres", "'influxdb' or 'embedded'"),
    ("influxdb_url", "influxdb:8086", "^https?://"),
    ("smtp_security", "ssl", "'none', 'starttls' or 'tls'"),
    ("smtp_port", 65_536, "less than or equal to 65535"),
    ("page_port", -1, "greater than or equal to 0"),
    ("log_level", "loud", "'debug', 'info', 'warning' or 'error'"),
]


class TestWhatIsSaidOfAWrongOne:
    @pytest.mark.parametrize(("name", "value", "allowed"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
    def test_it_is_named_with_what_is_allowed(self, monkeypatch: pytest.MonkeyPatch, name: str, value: object, allowed: str) -> None:
        monkeypatch.setenv(f"NHIP_{name.upper()}", str(value))
        (said,) = mistakes()
        assert said.startswith(f"NHIP_{name.upper()}: ")
        assert allowed in said

    def test_all_wrong_ones_are_named_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NHIP_PARTITIONS", "0")
        monkeypatch.setenv("NHIP_POINTS", "paper")
        assert [said.partition(":")[0] for said in mistakes()] == ["NHIP_PARTITIONS", "NHIP_POINTS"]

    def test_a_file_that_is_not_there_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NHIP_SMTP_PASSWORD_FILE", "/nowhere/password")
        assert mistakes() == ["NHIP_SMTP_PASSWORD_FILE: cannot read '/nowhere/password' (FileNotFoundError): give a readable UTF-8 file"]

    def test_a_file_that_is_not_utf_8_is_named(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "password").write_bytes(b"\xff\xfe")
        monkeypatch.setenv("NHIP_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
        assert "UnicodeDecodeError" in mistakes()[0]

    def test_the_command_line_says_it_without_a_stack_trace(self) -> None:
        environment = os.environ | {"NHIP_PARTITIONS": "0"}
        ended = subprocess.run(
            [Path(sys.executable).with_name("nhip"), "doctor"], env=environment, capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stdout) == (2, "")
        assert re.fullmatch(r"nhip: NHIP_PARTITIONS: Input should be greater than or equal to 1 \(.*\)\n", ended.stderr)


class TestUnknownVariables:
    @pytest.mark.parametrize("variable", ["NHIP_KAFKA_BOOTSTRAPS", "NHIP_INFLUX_URL", "NHIP_PARTITIONS_FILES"])
    def test_a_misspelt_one_is_told(self, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
        monkeypatch.setenv(variable, "x")
        assert unknown_variables() == [variable]

    @pytest.mark.parametrize("variable", ["NHIP_PARTITIONS", "NHIP_INFLUXDB_TOKEN_FILE", "NHIP_CACHE", "NHIP_TEST_ANYTHING", "OTHER"])
    def test_a_known_or_foreign_one_is_not(self, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
        monkeypatch.setenv(variable, "1")
        assert unknown_variables() == []


class TestSecrets:
    @pytest.mark.parametrize("name", SECRETS)
    def test_no_way_of_printing_settings_shows_one(self, name: str) -> None:
        chosen = load(**{name: SECRET})
        shown = (repr(chosen), str(chosen), chosen.model_dump_json(), f"{getattr(chosen, name)}", repr(chosen.model_dump()))
        assert not any(SECRET in text for text in shown)

    @pytest.mark.parametrize("name", SECRETS)
    def test_a_wrong_one_is_not_repeated(self, name: str) -> None:
        assert not any(SECRET in said for said in mistakes(**{name: [SECRET]}))

    def test_a_wrong_value_of_any_setting_is_not_repeated(self) -> None:
        """A password may have slipped into the wrong variable."""
        wrong = {name: [SECRET] for name in settings.Settings.model_fields}
        assert not any(SECRET in said for said in mistakes(**wrong))

    def test_whatever_sounds_secret_is_one(self) -> None:
        fields = settings.Settings.model_fields
        assert {name for name in fields if re.search("token|password|secret", name)} == set(SECRETS)
        assert all("SecretStr" in str(fields[name].annotation) for name in SECRETS)


class TestTheTable:
    def test_the_page_holds_what_the_command_prints(self) -> None:
        printed = subprocess.run([sys.executable, "-m", "streams.settings"], cwd=HERE, capture_output=True, check=True).stdout.decode()
        page = (HERE / "docs" / "settings.md").read_text()
        assert printed in page, "docs/settings.md is old: put the output of `python -m streams.settings` there"

    def test_every_setting_has_a_line_that_tells_its_meaning(self) -> None:
        table = markdown(settings.Settings, settings.PREFIX, HERE).splitlines()[2:]
        assert [row.split("`")[1] for row in table] == [f"NHIP_{name.upper()}" for name in settings.Settings.model_fields]
        assert not [row for row in table if row.endswith(("| |", "| None |"))]

    def test_it_shows_no_path_of_the_machine(self) -> None:
        assert str(HERE) not in markdown(settings.Settings, settings.PREFIX, HERE)
