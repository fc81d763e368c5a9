"""Why brokers that are there do not let us in: kafka-python only says that it could not. A look at one listener, without its protocol."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress

from streams.security import tls, uses_sasl, uses_tls
from streams.settings import Settings

PATIENCE_SECONDS = 3.0


def why_not(settings: Settings) -> tuple[str, str]:
    """What is the case with Kafka's brokers, and what mends it."""
    for address in _listening(settings.kafka_bootstrap):
        return _refuses(settings, address)
    return "does not answer", "start it, or set NHIP_KAFKA_BOOTSTRAP"


def _refuses(settings: Settings, address: tuple[str, int]) -> tuple[str, str]:
    """The first thing that goes wrong with a listener that is there."""
    if uses_tls(settings):
        trouble = _handshake(address, tls(settings))
        if isinstance(trouble, ssl.SSLCertVerificationError):
            return (
                f"shows a certificate that is not trusted ({trouble.verify_message})",
                "see NHIP_KAFKA_CA_FILE and the broker's host name",
            )
        if isinstance(trouble, ssl.SSLError) and trouble.reason in _CERTIFICATE_WANTED:
            return f"asks for a certificate of ours ({trouble.reason})", "see NHIP_KAFKA_CERT_FILE and NHIP_KAFKA_KEY_FILE"
        if trouble is not None:
            return "speaks no TLS on this listener", "see NHIP_KAFKA_SECURITY_PROTOCOL, or the port in NHIP_KAFKA_BOOTSTRAP"
    elif not isinstance(_handshake(address, _trusting()), OSError):
        return "speaks TLS on this listener", "see NHIP_KAFKA_SECURITY_PROTOCOL, or the port in NHIP_KAFKA_BOOTSTRAP"
    if uses_sasl(settings):
        return "refuses the login", "see NHIP_KAFKA_USER, NHIP_KAFKA_PASSWORD_FILE and NHIP_KAFKA_SASL_MECHANISM"
    return "is there and does not answer", "wants this listener a login? See NHIP_KAFKA_SECURITY_PROTOCOL"


_CERTIFICATE_WANTED = frozenset({"TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_BAD_CERTIFICATE", "TLSV1_ALERT_UNKNOWN_CA"})


def _listening(bootstrap: str) -> Iterator[tuple[str, int]]:
    for address in bootstrap.split(","):
        host, _, port = address.rpartition(":")
        with suppress(OSError), socket.create_connection((host, int(port)), PATIENCE_SECONDS):
            yield host, int(port)


def _handshake(address: tuple[str, int], context: ssl.SSLContext) -> OSError | None:
    """What goes wrong with a TLS handshake; None when nothing does. A broker refuses our certificate only after it."""
    try:
        with (
            socket.create_connection(address, PATIENCE_SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=address[0]) as secure,
            suppress(TimeoutError),  # it waits for our first request: well
        ):
            secure.recv(1)
    except OSError as error:
        return error
    return None


def _trusting() -> ssl.SSLContext:
    """A context that only finds out whether TLS is spoken at all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
