"""InfluxDB 1.8, which provinces still run: what is written and asked must work on both."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

from tests.services import ports, process
from tests.services.influxdb import need_compilers
from tests.services.service import Address, Service
from tests.services.web import call

MODULE = "github.com/influxdata/influxdb/cmd/influxd@v1.8.10"
SETTINGS = """\
reporting-disabled = true
bind-address = "{host}:{backup_port}"
[meta]
dir = "{home}/meta"
[data]
dir = "{home}/data"
wal-dir = "{home}/wal"
query-log-enabled = false
[http]
bind-address = "{host}:{port}"
auth-enabled = true
flux-enabled = true
log-enabled = false
[logging]
level = "warn"
"""


class InfluxDB18(Service):
    """A server with an administrator: `url` and a `token` of the form user:password."""

    name = "influxdb18"
    version = "1.8.10"
    build_takes: ClassVar[str] = "1 to 3 minutes, once"

    def build(self, into: Path) -> None:
        """Compile it; raises ServiceError when Go or a C compiler is missing."""
        need_compilers("go", "cc")
        env = {"GOBIN": str(into), "GOFLAGS": "-mod=mod"}
        process.run(["go", "install", MODULE], self.build_log, cwd=into, env=env, gently=True)

    def prepare(self) -> Address:
        """Choose ports and a password."""
        port, backup_port = ports.free(2)
        self._settings.write_text(SETTINGS.format(host=ports.HOST, port=port, backup_port=backup_port, home=self.home))
        return {"port": port, "url": f"http://{ports.HOST}:{port}", "token": f"nhip:{secrets.token_hex(16)}"}

    def command(self) -> list[str]:
        """The server; it reports to nobody."""
        return [str(self.built / "influxd"), "-config", str(self._settings)]

    def is_ready(self, said: str) -> bool:
        """Whether it listens, which it does last."""
        del said
        return ports.answers(self.address["port"])

    def settle(self) -> None:
        """Make the administrator; doing so again changes nothing."""
        user, _, password = self.address["token"].partition(":")
        statement = f"create user {user} with password '{password}' with all privileges"
        # The first one may be made by anybody, later ones by an administrator: the header serves both.
        call("POST", f"{self.address['url']}/query?{urlencode({'q': statement})}", Authorization=f"Token {self.address['token']}")

    @property
    def _settings(self) -> Path:
        return self.home / "influxd.conf"
