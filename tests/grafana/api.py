"""A real HTTP server on loopback that keeps folders, datasources and dashboards, and answers as Grafana's published API says it does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

TOKEN = "glsa_right"
COMMANDS = {
    "CreateFolderCommand": {"description", "parentUid", "title", "uid"},
    "AddDataSourceCommand": {
        *("access", "basicAuth", "basicAuthUser", "database", "isDefault", "jsonData", "name", "secureJsonData"),
        *("type", "uid", "url", "user", "withCredentials"),
    },
    "SaveDashboardCommand": {"UpdatedAt", "dashboard", "folderId", "folderUid", "isFolder", "message", "overwrite", "userId"},
}
"""The properties of the API's commands; UpdateDataSourceCommand adds `version` to those of AddDataSourceCommand."""


class Reply(msgspec.Struct, frozen=True):
    """One answer: status, and a body that is sent as JSON, or as it is when it is bytes; None sends no body."""

    status: int
    body: Any = None
    headers: dict[str, str] = {}


def fault(status: int, message: str) -> Reply:
    """An error as Grafana tells it."""
    return Reply(status, {"message": message})


class Grafana:
    """What a Grafana holds, and what it was asked. `prepared` answers, by method and path, come before its own."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[str, Any]] = {}
        self.datasources: dict[str, dict[str, Any]] = {}
        self.dashboards: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.prepared: dict[str, list[Reply]] = {}
        self.health = Reply(200, {"status": "OK", "message": "datasource is working. 5 measurements found"})

    @property
    def written(self) -> list[str]:
        """What was asked to change something."""
        return [line for line in self.asked if not line.startswith("GET ")]

    def answer(self, line: str, token: str, body: Any) -> Reply:
        """One request, `METHOD /path` after `/api`."""
        self.asked.append(line)
        if self.prepared.get(line):
            return self.prepared[line].pop(0)
        if token != f"Bearer {TOKEN}":
            return fault(401, "Invalid API key")
        method, path = line.split(" ")
        kind, _, rest = path.strip("/").partition("/")
        answers = {"folders": self._folder, "datasources": self._datasource, "dashboards": self._dashboard}
        return answers[kind](method, rest, body) if kind in answers else fault(404, "Not found")

    def _folder(self, method: str, uid: str, body: Any) -> Reply:
        if method == "GET":
            return Reply(200, self.folders[uid]) if uid in self.folders else fault(404, "folder not found")
        if set(body) - COMMANDS["CreateFolderCommand"] or not body.get("title"):
            return fault(400, "bad request data")
        if body["uid"] in self.folders:
            return Reply(412, {"message": "The folder has been changed by someone else", "status": "version-mismatch"})
        if body["title"] in {f["title"] for f in self.folders.values()}:
            return fault(409, "a folder with the same name already exists in the current location")
        self.folders[body["uid"]] = {"id": len(self.folders) + 1, "version": 1, **body}
        return Reply(200, self.folders[body["uid"]])

    def _datasource(self, method: str, rest: str, body: Any) -> Reply:
        uid = rest.removeprefix("uid/").removesuffix("/health")
        if method != "POST" and uid not in self.datasources:
            return fault(404, "Data source not found")
        if rest.endswith("/health"):
            return self.health
        if method == "GET":
            # The API never tells what is in secureJsonData.
            return Reply(200, {k: v for k, v in self.datasources[uid].items() if k != "secureJsonData"})
        return self._write_datasource(method, uid, body)

    def _write_datasource(self, method: str, uid: str, body: Any) -> Reply:
        if set(body) - COMMANDS["AddDataSourceCommand"] - ({"version"} if method == "PUT" else set()):
            return fault(400, "bad request data")
        if method == "PUT" and self.datasources[uid].get("readOnly"):
            return fault(403, "Cannot update read-only data source")
        if method == "POST" and body["name"] in {d["name"] for d in self.datasources.values()}:
            return fault(409, "data source with the same name already exists")
        self.datasources[body["uid"]] = {"id": len(self.datasources) + 1, "readOnly": False, **body}
        message = "Datasource added" if method == "POST" else "Datasource updated"
        return Reply(200, {"datasource": body, "id": 1, "message": message, "name": body["name"]})

    def _dashboard(self, method: str, rest: str, body: Any) -> Reply:
        if method == "GET":
            found = self.dashboards.get(rest.removeprefix("uid/"))
            return Reply(200, found) if found else fault(404, "Dashboard not found")
        if set(body) - COMMANDS["SaveDashboardCommand"] or not body["dashboard"].get("title"):
            return fault(400, "bad request data")
        if body.get("folderUid") not in self.folders:
            return fault(404, "folder not found")
        model, uid = body["dashboard"], body["dashboard"]["uid"]
        old = self.dashboards.get(uid)
        if old and not body.get("overwrite"):
            return Reply(412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"})
        version = old["dashboard"]["version"] + 1 if old else 1
        stored = {**model, "id": old["dashboard"]["id"] if old else len(self.dashboards) + 1, "version": version}
        self.dashboards[uid] = {"dashboard": stored, "meta": {"folderUid": body["folderUid"], "provisioned": False}}
        return Reply(200, {"id": stored["id"], "uid": uid, "url": f"/d/{uid}", "status": "success", "version": version, "slug": "x"})


@contextmanager
def running(prefix: str = "") -> Iterator[tuple[Grafana, str]]:
    """A Grafana and its address, below a path if one is given; gone afterwards."""
    grafana = Grafana()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            start = f"{prefix}/api"
            if self.path.startswith(start):
                line = f"{self.command} {self.path.removeprefix(start)}"
                reply = grafana.answer(line, self.headers.get("Authorization", ""), json.loads(raw) if raw else None)
            else:
                reply = Reply(404, b"<html>nothing here</html>")
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            body = reply.body if isinstance(reply.body, bytes) else b"" if reply.body is None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output clean."""

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield grafana, f"http://127.0.0.1:{httpd.server_port}{prefix}"
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
