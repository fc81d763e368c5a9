"""`nhip grafana build` and `nhip grafana publish`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from alerts.words import DIMENSIONS, PROBLEMS, REASONS, STATUSES, Language, Word
from expectations.catalogue.load import Catalogue
from grafana.client import Grafana, GrafanaError, GrafanaUnavailable
from grafana.datasource import datasource, datasource_yaml, provider_yaml
from grafana.names import Names
from grafana.province import province, text, uid
from grafana.publish import publish
from streams import settings
from streams.board import table_said
from streams.cli import Exit, Group, UserError, common

TOKEN_REFERENCE = "$__file{/run/secrets/influxdb_token}"  # noqa: S105  where Grafana finds the token, not the token

languages = click.option(
    "--language", "chosen", type=click.Choice(["vi", "en"]), multiple=True, help="may be said again; the catalogue's own when not given"
)
influxdb_url = click.option("--influxdb-url", help="InfluxDB as Grafana reaches it; NHIP_INFLUXDB_URL when not given")


@click.group("grafana", cls=Group, epilog="Example: nhip grafana publish --url https://grafana.example --token-file token.txt")
def command() -> None:
    """Build the dashboards from code, or publish them to Grafana."""


@command.command("build", epilog="Example: nhip grafana build --out provisioning --language vi --language en")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="the folder to write")
@click.option("--mounted-at", default="/etc/grafana/provisioning", show_default=True, help="the same folder as Grafana sees it")
@click.option("--token-reference", default=TOKEN_REFERENCE, show_default=True, help="where Grafana itself reads InfluxDB's token")
@languages
@influxdb_url
def build(out: Path, mounted_at: str, token_reference: str, chosen: tuple[Language, ...], influxdb_url: str | None) -> None:
    """Write what Grafana's provisioning reads: datasource, provider, dashboards. No secret is written.

    The same catalogue and options give the same bytes.
    """
    picked = settings.load()
    place = f"{mounted_at.rstrip('/')}/dashboards/nhip"
    files = {
        "datasources/nhip.yaml": datasource_yaml(influxdb_url or picked.influxdb_url, picked.influxdb_bucket, token_reference),
        "dashboards/nhip.yaml": provider_yaml(place),
        **{f"dashboards/nhip/{uid(names)}.json": text(province(names)) for names in _names(picked, chosen)},
    }
    for name, content in files.items():
        _write(out / name, content)
        click.echo(out / name)


@command.command(
    "publish",
    epilog="Examples: nhip grafana publish; nhip grafana publish --url https://grafana.example --token-file token.txt",
)
@click.option("--url", help="Grafana's address; NHIP_GRAFANA_URL when not given")
@click.option(
    "--token", help="service account token; others on this machine may see it here: better --token-file, or NHIP_GRAFANA_TOKEN(_FILE)"
)
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="file that holds the token")
@click.option(
    "--influxdb-token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="file that holds a token of InfluxDB that may only read",
)
@languages
@influxdb_url
@click.pass_context
def publish_command(
    ctx: click.Context,
    *,
    url: str | None,
    token: str | None,
    token_file: Path | None,
    influxdb_token_file: Path | None,
    chosen: tuple[Language, ...],
    influxdb_url: str | None,
) -> None:
    """Bring folder, datasource and dashboards to a running Grafana; again changes nothing.

    Exit code 0: all is there; 1: Grafana is out of reach, or does not reach InfluxDB; 2: a setting is wrong.
    """
    picked = settings.load()
    address = url or picked.grafana_url
    if address is None:
        raise UserError("which Grafana? Give --url or NHIP_GRAFANA_URL")
    secret = token or (_secret(token_file) if token_file else picked.grafana_token.get_secret_value())
    reading = _secret(influxdb_token_file) if influxdb_token_file else picked.influxdb_token.get_secret_value()
    source = datasource(influxdb_url or picked.influxdb_url, picked.influxdb_bucket, reading)
    trouble = False
    try:
        for step in publish(Grafana(address, secret), source, [province(names) for names in _names(picked, chosen)]):
            click.echo(f"{step.what}: {step.done}" + (f" ({step.says})" if step.says else ""))
            trouble = trouble or step.done == "trouble"
    except GrafanaError as error:
        raise _shown(error) from None
    ctx.exit(Exit.FAILED if trouble else Exit.OK)


def _shown(error: GrafanaError) -> UserError:
    shown = UserError(str(error))
    shown.exit_code = Exit.FAILED if isinstance(error, GrafanaUnavailable) else Exit.USAGE
    return shown


def _names(picked: settings.Settings, chosen: tuple[Language, ...]) -> list[Names]:
    """One set of names a language, each once."""
    catalogue = common.catalogue()
    own = picked.language or catalogue.language
    return [names(catalogue, language, picked.page_url) for language in dict.fromkeys(chosen or (own,))]


def names(catalogue: Catalogue, language: Language, page_url: str | None) -> Names:
    """What the catalogue and the word tables call everything that owes or is owed."""

    def name(of: object) -> str:
        return str(getattr(of, f"name_{language}"))

    owing = {unit: name(catalogue.units[unit]) for unit in sorted({unit for unit, _ in catalogue.feeds()})}
    borne = Counter(owing.values())
    return Names(
        language=language,
        province=name(catalogue),
        timezone=str(catalogue.timezone),
        departments={d.owner: name(catalogue.units[d.owner]) for d in catalogue.datasets.values()},
        datasets={d.id: name(d) for d in catalogue.datasets.values()},
        # A name may be another unit's too: the code decides.
        units={unit: called if borne[called] == 1 else f"{called} ({unit})" for unit, called in owing.items()},
        statuses=_words(STATUSES, language),
        reasons=_words(REASONS, language),
        dimensions=_words(DIMENSIONS, language),
        problems=_words(PROBLEMS, language),
        unknown_tables=table_said.reasons(english=language == "en"),
        tables=frozenset(d.id for d in catalogue.datasets.values() if d.full_before),
        page_url=page_url,
    )


def _words(table: dict[str, Word], language: Language) -> dict[str, str]:
    return {value: word.of(language) for value, word in table.items()}


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path} ({type(error).__name__}): give a readable UTF-8 file") from None


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror}): give a folder that you may write to") from None
