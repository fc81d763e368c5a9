"""The page as an aiohttp application: addresses, headers, and what a reader sees when something is wrong.

It only reads, and loads nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from aiohttp import web

from alerts.words import Language
from expectations.catalogue.load import Catalogue
from expectations.quality import reading
from expectations.quality.scores import Scores
from streams import clock
from streams.board import api, evidence, feed, province, scores, unit
from streams.board.forms import NOTHING
from streams.board.frame import Desk, Site
from streams.board.view import BoardView, FeedDetail

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
HERE = Path(__file__).parent
STYLE = (HERE / "style.css").read_bytes()
HALTED_AFTER_MS = 180_000
DESK = web.AppKey("desk", Desk)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger(__name__)

templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals["nothing"] = NOTHING


def make_app(
    board: BoardView,
    catalogue: Catalogue,
    *,
    language: Language | None = None,
    refresh_seconds: int = 30,
    halted_after_ms: int = HALTED_AFTER_MS,
    now_ms: Callable[[], int] = clock.now_ms,
    metrics: Callable[[], str] | None = None,
) -> web.Application:
    """Build the page and its JSON over a read model.

    `language` is the catalogue's own when None; a reader chooses with `?lang=`. When the last tick is older than `halted_after_ms` the
    page says that its figures have stopped. `metrics` makes what `/metrics` answers, in Prometheus' text format. Raises SuiteError when a
    suite file of the catalogue cannot be read.
    """
    own: Language = "en" if catalogue.language == "en" else "vi"
    app = web.Application(middlewares=[_guard])
    app[DESK] = Desk(
        board=board,
        catalogue=catalogue,
        language=language or own,
        refresh_seconds=refresh_seconds,
        now_ms=now_ms,
        halted_after_ms=halted_after_ms,
        checks={d.id: reading.load(Path(d.suite), tuple(d.columns), d.personal) for d in catalogue.datasets.values() if d.suite},
        style_version=hashlib.sha256(STYLE).hexdigest()[:12],
    )
    app.add_routes(routes())
    if metrics is not None:
        app.add_routes([web.get("/metrics", partial(_metrics, metrics))])
    app.on_response_prepare.append(_add_headers)
    return app


def routes() -> list[web.RouteDef]:
    """Return every address of the page. All answer GET and HEAD only."""
    return [
        web.get("/", _province),
        web.get("/units/{unit}", _unit),
        web.get("/feeds/{unit}/{dataset}", _feed),
        web.get("/api/feeds", _api_feeds),
        web.get("/api/feeds/{unit}/{dataset}", _api_feed),
        web.get("/api/units/{unit}", _api_unit),
        web.get("/api/scores", _api_scores),
        web.get("/style.css", _style),
        web.get("/healthz", _alive),
        web.get("/readyz", _ready),
    ]


async def _province(request: web.Request) -> web.Response:
    site = _site(request, json="/api/feeds")
    views = request.app[DESK].board.feeds()
    site.warn(views)
    return await _html("province.html", site, lambda: province.context(site, views))


async def _unit(request: web.Request) -> web.Response:
    desk, asked = request.app[DESK], request.match_info["unit"]
    of = desk.catalogue.units.get(asked)
    if of is None:
        raise web.HTTPNotFound
    site = _site(request, json=f"/api/units/{of.id}")
    views = [view for view in desk.board.feeds() if view.unit == of.id]
    sent = desk.board.notices(of.id)
    site.warn(views)
    own = [one for one in desk.board.states() if one[0] == of.id]
    found = scores.summary(desk.catalogue, own, desk.checks).units.get(of.id, Scores())
    return await _html("unit.html", site, lambda: unit.context(site, of, views, sent, found))


async def _feed(request: web.Request) -> web.Response:
    detail = _detail(request)
    site = _site(request, json=f"/api/feeds/{detail.feed.unit}/{detail.feed.dataset}")
    site.warn([detail.feed])
    return await _html("feed.html", site, lambda: feed.context(site, detail, _evidence(request, detail)))


async def _api_feeds(request: web.Request) -> web.Response:
    site = _site(request)
    return _json(api.feeds(site.forms, request.app[DESK].board.feeds()))


async def _api_unit(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    of = desk.catalogue.units.get(request.match_info["unit"])
    if of is None:
        raise web.HTTPNotFound
    return _json(api.unit(_site(request).forms, of, desk.board.feeds(), desk.board.notices(of.id)))


async def _api_scores(request: web.Request) -> web.Response:
    """Scored in a thread, as pages are made."""
    desk = request.app[DESK]
    return _json(await asyncio.to_thread(scores.summary, desk.catalogue, desk.board.states(), desk.checks))


async def _api_feed(request: web.Request) -> web.Response:
    detail = _detail(request)
    dataset = request.app[DESK].catalogue.datasets[detail.feed.dataset]
    return _json(api.feed(_site(request), dataset, detail, _evidence(request, detail)))


async def _style(_: web.Request) -> web.Response:
    return web.Response(body=STYLE, content_type="text/css", charset="utf-8", headers={"Cache-Control": "max-age=31536000, immutable"})


async def _alive(request: web.Request) -> web.Response:
    """200: the process answers. What it waits for is told, and is no reason to kill it."""
    return _json(_state(request))


async def _ready(request: web.Request) -> web.Response:
    """200 while ticks come, else 503: a page that shows old figures is not well."""
    state = _state(request)
    return _json(state, status=200 if state["status"] == "ok" else 503)


def _state(request: web.Request) -> dict[str, object]:
    desk = request.app[DESK]
    as_of_ms = desk.board.as_of_ms
    state = "starting" if as_of_ms is None else "halted" if desk.now_ms() - as_of_ms > desk.halted_after_ms else "ok"
    return {"status": state, "as_of": _site(request).as_of_iso}


async def _metrics(metrics: Callable[[], str], _: web.Request) -> web.Response:
    body = await asyncio.to_thread(metrics)  # it counts every feed
    return web.Response(body=body.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


def _site(request: web.Request, json: str | None = None) -> Site:
    return Site(request.app[DESK], request.path, request.query.items(), json)


def _detail(request: web.Request) -> FeedDetail:
    detail = request.app[DESK].board.feed(request.match_info["unit"], request.match_info["dataset"])
    if detail is None:
        raise web.HTTPNotFound
    return detail


def _evidence(request: web.Request, detail: FeedDetail) -> evidence.Evidence:
    desk, dataset = request.app[DESK], detail.feed.dataset
    return evidence.collect(desk.catalogue.schedule_of(detail.feed.unit, dataset), detail, desk.checks.get(dataset, ()), desk.now_ms())


async def _html(template: str, site: Site, page: Callable[[], dict[str, Any]], status: int = 200) -> web.Response:
    """Make the page in a thread: a thousand feeds must not hold up the worker's loop."""
    body = await asyncio.to_thread(lambda: templates.get_template(template).render(site=site, t=site.t, page=page()))
    return web.Response(text=body, content_type="text/html", status=status)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", charset="utf-8", status=status)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what does not exist, and our own failures, in the reader's language; the rest of the worker goes on."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return await _trouble(request, 404, "not_found")
    except web.HTTPException:
        raise
    except Exception:
        log.exception("the page %s failed", request.path)
        return await _trouble(request, 500, "wrong")


async def _trouble(request: web.Request, status: int, name: str) -> web.Response:
    site = _site(request)
    if request.path.startswith("/api/"):
        return _json({"error": site.t[f"{name}_text"]}, status)
    return await _html("trouble.html", site, lambda: {"title": site.t[name], "text": site.t[f"{name}_text"]}, status)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
