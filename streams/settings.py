"""Every setting of Nhịp: from the environment (`NHIP_…`), a `.env` file, or a file named by `NHIP_…_FILE` (for secrets)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "NHIP_"
HERE = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is wrong. The message names each one and what is allowed."""


class Settings(BaseSettings):
    """What can be set, with its default. `nhip doctor` checks the connections that these name."""

    # An empty variable is as good as none: compose files write those.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    catalogue: Path = Field(HERE / "expectations" / "tay-ninh", description="folder of the province's catalogue")
    language: Literal["vi", "en"] | None = Field(None, description="language of messages and pages; the catalogue's own when not set")
    app_id: str = Field("nhip", pattern=r"^[a-z0-9][a-z0-9_.-]*$", description="consumer group and prefix of the internal topics")
    data_dir: Path = Field(Path(".nhip"), description="local state; one folder a worker")

    kafka_bootstrap: str = Field("127.0.0.1:9092", pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$", description="Kafka, host:port[,host:port…]")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="TLS and login of the brokers' listener"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field("SCRAM-SHA-512", description="how to log in")
    kafka_user: str | None = Field(None, description="login, with SASL")
    kafka_password: SecretStr = Field(SecretStr(""), description="its password")
    kafka_ca_file: Path | None = Field(None, description="PEM of a private authority; the system's when not set")
    kafka_cert_file: Path | None = Field(None, description="PEM of our certificate, where brokers ask for one")
    kafka_key_file: Path | None = Field(None, description="PEM of its key; when not set, in the same file")
    replication_factor: int = Field(1, ge=1, le=9, description="copies of each internal topic")
    partitions: int = Field(4, ge=1, le=256, description="partitions of the internal topics; fixed once created")
    buckets: int = Field(64, ge=1, le=65536, description="state records a partition; more for many thousands of feeds")
    create_topics: bool = Field(default=True, description="create the internal topics with their settings at start")

    max_value_bytes: int = Field(1_048_576, ge=1_024, description="a larger change event is quarantined")
    future_tolerance_seconds: int = Field(86_400, ge=0, description="how far a period may lie ahead of its record's timestamp")
    window_seconds: int = Field(3_600, ge=60, description="length of a volume and quality window")
    tick_seconds: float = Field(5.0, gt=0, le=300, description="how often deadlines are looked at")
    monitor_tolerance_seconds: int = Field(60, ge=1, description="how far reading may lag before a verdict is unknown")
    connector_tolerance_seconds: int = Field(
        600, ge=0, description="how long a connector with a heartbeat topic may be quiet before its feeds are unknown; 0: not looked at"
    )
    topic_refresh_seconds: float = Field(10.0, gt=0, description="how often new source topics are looked for")
    suites: bool = Field(default=True, description="run the Great Expectations suites")
    session_timeout_seconds: float = Field(30.0, ge=6, description="after this long without a sign a worker's partitions go to others")

    stall_seconds: float = Field(300.0, ge=5, description="a worker that reads nothing for so long, although Kafka answers, ends with 3")
    points: Literal["influxdb", "embedded"] = Field("influxdb", description="where points are stored")
    influxdb_url: str = Field("http://127.0.0.1:8086", pattern=r"^https?://", description="InfluxDB 1.8, 2.x or 3")
    influxdb_org: str = Field("nhip", description="organisation; any text with 1.8")
    influxdb_bucket: str = Field("nhip", description="bucket; `database/policy` with 1.8")
    influxdb_token: SecretStr = Field(SecretStr(""), description="token; `user:password` with 1.8")

    grafana_url: str | None = Field(None, pattern=r"^https?://", description="Grafana that `nhip grafana publish` writes to")
    grafana_token: SecretStr = Field(SecretStr(""), description="token of a Grafana service account with the role Admin")

    smtp_host: str | None = Field(None, description="mail server; no e-mail when not set")
    smtp_port: int = Field(25, ge=1, le=65_535, description="its port: mostly 25 or 587, with `tls` 465")
    smtp_security: Literal["none", "starttls", "tls"] = Field("none", description="encryption; an error when not offered")
    smtp_user: str | None = Field(None, description="login; none when not set")
    smtp_password: SecretStr = Field(SecretStr(""), description="its password")
    mail_from: str = Field("nhip@localhost", description="sender of alerts")
    webhook_url: str | None = Field(None, pattern=r"^https?://", description="alerts are also posted here as JSON")
    webhook_token: SecretStr = Field(SecretStr(""), description="bearer token of the webhook")
    outbox_dir: Path | None = Field(None, description="alerts are also written into this folder")

    declaration_master: SecretStr | None = Field(
        None, min_length=32, description="secret from which every unit's key for declarations is derived; 32 characters or more"
    )
    declaration_admin_key: SecretStr | None = Field(
        None, min_length=32, description="key with which the administrator declares; 32 characters or more"
    )
    declaration_key: SecretStr | None = Field(
        None, min_length=32, description="a unit's own key, for `nhip declare`; not needed by workers"
    )

    page_host: str = Field("127.0.0.1", description="address the page listens on; loopback unless you open it")
    page_port: int = Field(6066, ge=0, le=65_535, description="0 picks a free port")
    page_url: str | None = Field(None, description="public address of the page, for links in messages")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="what the worker writes on standard error")

    log_format: Literal["text", "json"] = Field("text", description="how: lines for people, or one JSON object a line")

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if self.kafka_security_protocol.startswith("SASL") and not (self.kafka_user and self.kafka_password.get_secret_value()):
            raise ValueError("NHIP_KAFKA_USER, NHIP_KAFKA_PASSWORD: give both with SASL (or NHIP_KAFKA_PASSWORD_FILE)")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic's; _FILE variables replace it
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First what the caller gives, then the environment, `.env`, and files named by `_FILE`."""
        return init_settings, env_settings, dotenv_settings, FileSource(settings_cls)


class FileSource(PydanticBaseSettingsSource):
    """`NHIP_X_FILE=path`: the setting X is the file's text, without the newline at its end."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002  pydantic's signature
        """Read the file of one setting; None when no such variable is set."""
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        if path is None:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n"), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{variable}: cannot read {path!r} ({error.__class__.__name__}): give a readable UTF-8 file") from error

    def __call__(self) -> dict[str, Any]:
        """All settings that a file gives."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def load(**given: Any) -> Settings:
    """Read settings from `given`, the environment, `.env` and `_FILE` variables; raises SettingsError naming every wrong one."""
    try:
        with reading_dotenv():
            return Settings(**given)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(e) for e in error.errors(include_url=False))) from None


@contextmanager
def reading_dotenv() -> Iterator[None]:
    """Tell a `.env` that cannot be read as a wrong setting."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise SettingsError(f".env: not UTF-8 at byte {error.start}: write it as UTF-8") from None
    except OSError as error:
        raise SettingsError(f".env: cannot be read ({error.strerror}): make it readable, or take it away") from None


def _sentence(error: Any) -> str:
    """One mistake: the variable, and what is allowed. Never the value: it may be a secret."""
    if not error["loc"]:  # of several settings together, which the message names
        return str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][0])
    described = Settings.model_fields[name].description if name in Settings.model_fields else None
    return f"{PREFIX}{name.upper()}: {error['msg']}" + (f" ({described})" if described else "")


def unknown_variables() -> list[str]:
    """`NHIP_…` variables that are no setting: most likely misspelt."""
    known = {PREFIX + name.upper() + end for name in Settings.model_fields for end in ("", "_FILE")}
    return sorted(v for v in os.environ if v.startswith(PREFIX) and v not in known and not v.startswith(("NHIP_TEST_", "NHIP_CACHE")))


if __name__ == "__main__":
    from streams.settings_table import markdown

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a real console or pipe has it
    sys.stdout.write(markdown(Settings, PREFIX, HERE))
