"""How clients speak to Kafka: TLS and login, as the settings say. kafka-python, aiokafka and Faust take the same from here."""

from __future__ import annotations

import ssl
from typing import Any

from streams.settings import Settings, SettingsError


def client_options(settings: Settings) -> dict[str, Any]:
    """The keyword arguments of a kafka-python or aiokafka client. Raises SettingsError when a certificate cannot be read."""
    options: dict[str, Any] = {"security_protocol": settings.kafka_security_protocol}
    if uses_tls(settings):
        options["ssl_context"] = tls(settings)
    if uses_sasl(settings):
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return options


def faust_credentials(settings: Settings) -> Any:
    """The same for a Faust app; None for plaintext without login. Raises SettingsError when a certificate cannot be read."""
    from faust.auth import SASLCredentials, SSLCredentials  # noqa: PLC0415  Faust takes a second to import: not for --help

    context = tls(settings) if uses_tls(settings) else None
    if uses_sasl(settings):
        return SASLCredentials(
            username=settings.kafka_user,
            password=settings.kafka_password.get_secret_value(),
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=context,
        )
    return SSLCredentials(context) if context is not None else None


def uses_tls(settings: Settings) -> bool:
    """Whether the connection is encrypted."""
    return settings.kafka_security_protocol.endswith("SSL")


def uses_sasl(settings: Settings) -> bool:
    """Whether we log in."""
    return settings.kafka_security_protocol.startswith("SASL")


def tls(settings: Settings) -> ssl.SSLContext:
    """A context that insists on the broker's certificate and host name; with a certificate of our own when one is set."""
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca_file)
    except OSError as error:
        raise SettingsError(f"NHIP_KAFKA_CA_FILE: {_why(error)}: give a PEM file with the authority's certificate") from error
    if settings.kafka_cert_file is not None:
        try:
            context.load_cert_chain(settings.kafka_cert_file, settings.kafka_key_file, password="")  # else it would ask at the terminal
        except OSError as error:
            mend = "give PEM files that belong together, the key without a password"
            raise SettingsError(f"NHIP_KAFKA_CERT_FILE, NHIP_KAFKA_KEY_FILE: {_why(error)}: {mend}") from error
    return context


def _why(error: OSError) -> str:
    """What is wrong with a file; ssl.SSLError is an OSError that has a reason instead of a path."""
    return f"{error.filename}: {error.strerror}" if error.filename else f"not usable ({getattr(error, 'reason', None) or error.strerror})"
