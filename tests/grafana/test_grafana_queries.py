"""The query builder: the InfluxQL that it writes, and the names that it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grafana.queries import (
    Query,
    QueryError,
    call,
    column,
    compare,
    equals,
    is_false,
    matches,
    number,
    one_of,
    select,
    tag_values,
    within,
)
from points.measurement import Field, Measurement, Tag
from points.table import FRESHNESS, PIPELINE

INNER = select({"code": call("last", column("status_code"))}, FRESHNESS, by=("unit",))
ALIEN = Measurement("weather", en="", vi="", time="", tags=(Tag("unit", "", ""),), fields=(Field("rain", "float", "mm", "", ""),))
IMPOSTOR = Measurement("freshness", en="", vi="", time="", tags=(Tag("unit", "", ""),), fields=(Field("rain", "float", "mm", "", ""),))

WRITTEN = {
    "a field of its own name is not renamed": (select({"lag": column("lag")}, PIPELINE), 'SELECT "lag" FROM "pipeline" WHERE $timeFilter'),
    "the time range is asked where points are read": (
        select({"x": call("max", column("lag"))}, PIPELINE, where=(equals("stage", "route"),), by=("worker",)),
        'SELECT max("lag") AS "x" FROM "pipeline" WHERE $timeFilter AND "stage" = \'route\' GROUP BY "worker"',
    ),
    "and not again outside": (
        select({"n": call("count", column("code"))}, INNER, where=(compare("code", ">", 1),)),
        f'SELECT count("code") AS "n" FROM ({INNER.text}) WHERE "code" > 1',  # noqa: S608  it is only compared
    ),
    "intervals are Grafana's": (
        select({"x": call("sum", column("points"))}, PIPELINE, by=("stage",), each_interval=True),
        'SELECT sum("points") AS "x" FROM "pipeline" WHERE $timeFilter GROUP BY time($__interval), "stage" fill(none)',
    ),
    "arithmetic keeps its order": (
        select({"x": number(1) - (column("lag") + 2) / column("points")}, PIPELINE),
        'SELECT 1 - (("lag" + 2) / "points") AS "x" FROM "pipeline" WHERE $timeFilter',
    ),
    "a variable is escaped by Grafana": (
        select({"lag": column("lag")}, PIPELINE, where=(matches("worker", "who"),)),
        'SELECT "lag" FROM "pipeline" WHERE $timeFilter AND "worker" =~ /^${who:regex}$/',
    ),
    "a field is asked about beside the time range": (
        select({"x": call("sum", column("lag"))}, PIPELINE, where=(compare("points", ">=", 0),)),
        'SELECT sum("lag") AS "x" FROM "pipeline" WHERE $timeFilter AND "points" >= 0',
    ),
    "a column that is false, and a text of several": (
        select({"code": column("code")}, INNER, where=(is_false("code"), one_of("code", ["b", "a_1"]))),
        f'SELECT "code" FROM ({INNER.text}) WHERE "code" = false AND "code" =~ /^(a_1|b)$/',  # noqa: S608  it is only compared
    ),
    "a text cannot end its quotes": (
        select({"lag": column("lag")}, PIPELINE, where=(equals("worker", "a'b\\"),)),
        'SELECT "lag" FROM "pipeline" WHERE $timeFilter AND "worker" = \'a\\\'b\\\\\'',
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written(name: str) -> None:
    query, text = WRITTEN[name]
    assert query.text == text


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "field": (lambda: select({"x": column("lagg")}, PIPELINE), "lagg: the fields of pipeline are"),
    "field inside a function": (lambda: select({"x": within("lagg", 0, 1)}, PIPELINE), "lagg"),
    "field inside a division": (lambda: select({"x": column("lag") / column("nothing")}, PIPELINE), "nothing"),
    "tag to group by": (lambda: select({"x": column("lag")}, PIPELINE, by=("unit",)), "unit: the tags of pipeline are stage, worker"),
    "tag to choose by": (lambda: select({"x": column("lag")}, PIPELINE, where=(matches("unit", "unit"),)), "unit"),
    "a tag is no field": (lambda: select({"x": column("worker")}, PIPELINE), "worker"),
    "a field is no tag to group by": (lambda: select({"x": column("lag")}, PIPELINE, by=("lag",)), "lag"),
    "a field is no tag to list by": (lambda: tag_values(PIPELINE, "worker", (compare("lag", ">", 1),)), "lag"),
    "condition on what is not there": (lambda: select({"x": column("lag")}, PIPELINE, where=(compare("lagg", ">", 1),)), "lagg"),
    "a text that could end its pattern": (lambda: one_of("code", ["a", ")$/ OR 1"]), "must be words"),
    "one of none": (lambda: one_of("code", []), "at least one"),
    "column of an inner query": (
        lambda: select({"x": column("status_code")}, INNER),
        "status_code: the columns of the inner query are code",
    ),
    "condition on an inner query": (lambda: select({"x": column("code")}, INNER, where=(compare("lag", ">", 1),)), "lag"),
    "tag that an inner query does not group by": (lambda: select({"x": column("code")}, INNER, by=("dataset",)), "dataset"),
    "measurement": (lambda: select({"x": column("rain")}, ALIEN), "weather is not in the table"),
    "measurement of a known name": (lambda: select({"x": column("rain")}, IMPOSTOR), "freshness is not in the table"),
    "tag to list": (lambda: tag_values(PIPELINE, "unit"), "unit"),
    "tag to list by": (lambda: tag_values(FRESHNESS, "unit", (matches("worker", "w"),)), "worker"),
    "function": (lambda: call("percentile", column("lag")), "percentile"),
    "comparison": (lambda: compare("code", "; DROP", 1), "DROP"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(QueryError, match=words):
        make()


def test_a_query_offers_its_columns_and_tags_only() -> None:
    assert INNER.text == 'SELECT last("status_code") AS "code" FROM "freshness" WHERE $timeFilter GROUP BY "unit"'
    assert (INNER.columns, INNER.tags) == (frozenset({"code"}), frozenset({"unit"}))
    assert isinstance(select({"code": column("code")}, INNER, by=("unit",)), Query)


def test_values_of_a_tag() -> None:
    text = tag_values(FRESHNESS, "dataset", (matches("department", "department"),))
    assert text == 'SHOW TAG VALUES FROM "freshness" WITH KEY = "dataset" WHERE "department" =~ /^${department:regex}$/'
