"""A broker with one listener for each way to be secure: TLS with certificates of both sides, login in plaintext, login over TLS."""

from __future__ import annotations

from pathlib import Path

from tests.services import ports, process
from tests.services.kafka import Kafka
from tests.services.service import Address

USER, PASSWORD = "nhip", "s3cr3t-of-the-province"
PROTOCOLS = ("SSL", "SASL_PLAINTEXT", "SASL_SSL")
LISTENERS = """
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port},{more}
advertised.listeners=PLAINTEXT://{host}:{port},{more}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
listener.name.ssl.ssl.client.auth=required
"""
LOGIN = """
listener.name.{listener}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
listener.name.{listener}.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


class SecureKafka(Kafka):
    """Its address names a bootstrap for each protocol, and the files of the authority that signed, and of a client's certificate."""

    def prepare(self) -> Address:
        """Make certificates, and format an empty log in which the user is known."""
        port, controller_port, *secure = ports.free(2 + len(PROTOCOLS))
        authority, keystore = self.home / "authority.pem", self.home / "keystore.pem"
        self._make_certificates(authority, keystore)
        address: Address = {"port": port, "bootstrap": f"{ports.HOST}:{port}", "authority": str(authority), "client": str(keystore)}
        address |= {protocol: f"{ports.HOST}:{at}" for protocol, at in zip(PROTOCOLS, secure, strict=True)}
        more = ",".join(f"{protocol}://{address[protocol]}" for protocol in PROTOCOLS)
        listeners = LISTENERS.format(
            host=ports.HOST, port=port, controller_port=controller_port, more=more, keystore=keystore, authority=authority
        )
        logins = [LOGIN.format(listener=p.lower(), user=USER, password=PASSWORD) for p in PROTOCOLS if p.startswith("SASL")]
        ours = {line.partition("=")[0] for line in listeners.splitlines()}
        plain = self._plain_settings(port, controller_port).splitlines()
        self._settings.write_text("\n".join([line for line in plain if line.partition("=")[0] not in ours] + [listeners, *logins]))
        users = [f"{mechanism}=[name={USER},password={PASSWORD}]" for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")]
        self._format(*(part for user in users for part in ("--add-scram", user)))
        return address

    def _make_certificates(self, authority: Path, keystore: Path) -> None:
        """An authority, and one certificate for this machine that it signed: the broker shows it, and so do our clients."""
        key, request, certificate, extension = (self.home / name for name in ("own.key", "own.csr", "own.pem", "own.ext"))
        extension.write_text(f"subjectAltName=IP:{ports.HOST}\n")
        name = ("-nodes", "-newkey", "rsa:2048", "-subj")
        signer = ("-CA", str(authority), "-CAkey", str(self.home / "authority.key"), "-CAcreateserial")
        openssl = [
            ["req", "-x509", "-days", "2", *name, "/CN=authority", "-keyout", str(self.home / "authority.key"), "-out", str(authority)],
            ["req", *name, "/CN=nhip", "-keyout", str(key), "-out", str(request)],
            ["x509", "-req", "-days", "2", *signer, "-in", str(request), "-extfile", str(extension), "-out", str(certificate)],
        ]
        for arguments in openssl:
            process.run(["openssl", *arguments], self.log)
        keystore.write_text(key.read_text() + certificate.read_text())
