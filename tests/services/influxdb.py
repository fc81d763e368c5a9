"""InfluxDB 2.7, the real server, compiled from its Go module and Flux's Rust library. It has the whole API and no web page."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any, ClassVar

from tests.services import ports, process
from tests.services.process import ServiceError
from tests.services.service import Address, Service
from tests.services.web import call

MODULE = Path(__file__).with_name("influxd")
# Builds Flux's Rust library when Go asks pkg-config for it.
PKG_CONFIG = "github.com/influxdata/pkg-config@v0.2.7"
# Flux forbids warnings that newer compilers have found since; RUSTFLAGS does not reach a crate's own `deny`.
RUSTC_WRAPPER = '#!/bin/sh\nexec "$@" --cap-lints warn\n'
ORG = "nhip"
BUCKET = "nhip"
COMPILERS = {"go": "Go 1.23 or newer", "cargo": "Rust", "cc": "a C compiler"}


class InfluxDB(Service):
    """A server that is set up: `url`, `org`, `bucket` and an operator's `token`."""

    name = "influxdb"
    version = "2.7.12"
    build_takes: ClassVar[str] = "3 to 7 minutes, once"

    def build(self, into: Path) -> None:
        """Compile it; raises ServiceError when Go, Rust or a C compiler is missing."""
        need_compilers("go", "cargo", "cc")
        source = into / "source"
        shutil.copytree(MODULE, source)
        wrapper = into / "rustc-wrapper"
        wrapper.write_text(RUSTC_WRAPPER)
        wrapper.chmod(0o755)
        process.run(["go", "install", PKG_CONFIG], self.build_log, cwd=source, env={"GOBIN": str(into), "GOFLAGS": "-mod=mod"})
        env = {
            "GOFLAGS": "-mod=mod -buildvcs=false",
            "PKG_CONFIG": str(into / "pkg-config"),
            "RUSTUP_TOOLCHAIN": os.environ.get("RUSTUP_TOOLCHAIN", "stable"),
            "RUSTC_WRAPPER": str(wrapper),
        }
        process.run(["go", "mod", "tidy"], self.build_log, cwd=source, env=env)
        compile_ = ["go", "build", "-tags", "sqlite_foreign_keys,sqlite_json", "-o", str(into / "influxd"), "."]
        process.run(compile_, self.build_log, cwd=source, env=env, gently=True)

    def prepare(self) -> Address:
        """Choose a port and a token."""
        (port,) = ports.free(1)
        return {"port": port, "url": f"http://{ports.HOST}:{port}", "org": ORG, "bucket": BUCKET, "token": secrets.token_hex(16)}

    def command(self) -> list[str]:
        """The server; it reports to nobody."""
        data = {"bolt-path": "bolt", "engine-path": "engine", "sqlite-path": "sqlite"}
        paths = [f"--{option}={self.home / file}" for option, file in data.items()]
        bind = f"--http-bind-address={ports.HOST}:{self.address['port']}"
        return [str(self.built / "influxd"), *paths, bind, "--reporting-disabled", "--log-level=warn"]

    def is_ready(self, said: str) -> bool:
        """Whether it passes its own health check."""
        del said
        try:
            return bool(self._call("/health")["status"] == "pass")
        except (OSError, RuntimeError):
            return False

    def settle(self) -> None:
        """Make the first user, organisation, bucket and token, once."""
        if self._call("/api/v2/setup")["allowed"]:
            first = {"username": "nhip", "password": secrets.token_hex(16)}
            self._call("/api/v2/setup", first | {name: self.address[name] for name in ("org", "bucket", "token")})

    def _call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return json.loads(call("GET" if body is None else "POST", self.address["url"] + path, body))


def need_compilers(*programs: str) -> None:
    """Raise ServiceError naming what InfluxDB is compiled with and the machine does not have."""
    for program in programs:
        if shutil.which(program) is None:
            raise ServiceError(f"InfluxDB needs {COMPILERS[program]}: install it so that `{program}` is found; run `make services` again")
