"""The one table of measurements. Writers, dashboards, alert rules and `docs/points.md` are checked against it.

`python -m points.table` prints it as Markdown. Tags come from the catalogue, so their number is bounded; no field ever holds a
value of a row. Rewriting a point with the same tags and time is harmless: the last write of each field stands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from points.measurement import Field, Measurement, Tag

STATUS_CODES = {"fresh": 0, "due": 1, "late": 2, "stale": 3, "never": 4, "unknown": 5, "suspended": 6}
"""The number of each status, for colours in Grafana. Numbers are never given to another status."""

STAGES = ("route", "declare", "observe", "write_points", "notify", "worker")
"""Values of the tag `stage`: the five agents, and the worker process as a whole."""

UNIT = Tag("unit", "who owes the data: a commune's code or a department's slug", "đơn vị")
DATASET = Tag("dataset", "specialised database", "CSDL chuyên ngành")

FRESHNESS = Measurement(
    "freshness",
    en="One feed's verdict and its evidence",
    vi="Tình trạng cập nhật của một luồng dữ liệu",
    time="when the feed was last heard, changed its status, or was looked at again",
    tags=(UNIT, DATASET, Tag("department", "department that owns the dataset", "sở, ngành chủ quản")),
    fields=(
        Field("status", "str", "", "fresh, due, late, stale, never, unknown or suspended", "tình trạng"),
        Field(
            "status_code",
            "int",
            "code",
            "the status as a number: " + ", ".join(f"{n} {s}" for s, n in STATUS_CODES.items()),
            "mã tình trạng",
        ),
        Field("reason", "str", "", "why the status is what it is", "lý do"),
        Field("data_through", "str", "", "last period such that it and every earlier required one is complete", "đã cập nhật đến hết kỳ"),
        Field("data_through_ms", "int", "ms since the epoch", "end of the period data_through", "thời điểm kết thúc kỳ đã cập nhật"),
        Field("expected_through", "str", "", "last required period whose deadline has passed", "phải cập nhật đến hết kỳ"),
        Field("periods_behind", "int", "periods", "distance from data_through to expected_through", "số kỳ chậm"),
        Field("holes", "int", "periods", "required periods missing before a later complete one", "số kỳ còn thiếu"),
        Field("lag_seconds", "int", "s", "how far the end of data_through lies behind the point's time", "độ trễ dữ liệu"),
        Field("heard_age_seconds", "int", "s", "time since the last event of any kind", "thời gian từ tín hiệu gần nhất"),
        Field(
            "completeness_ratio",
            "float",
            "ratio",
            "share of slices, or rows, of the first missing period",
            "tỷ lệ đầy đủ của kỳ còn thiếu đầu tiên",
        ),
    ),
)

QUALITY = Measurement(
    "quality",
    en="One check of a suite on one feed's rows in one window",
    vi="Kết quả một phép kiểm tra chất lượng trong một khoảng thời gian",
    time="start of the window",
    tags=(
        UNIT,
        DATASET,
        Tag("check", "check of the dataset's suite", "phép kiểm tra"),
        Tag("dimension", "dung (correct), du (complete) or sach (clean)", "tiêu chí: đúng, đủ, sạch"),
        Tag("severity", "how much a failure matters: critical, warning or info", "mức độ"),
    ),
    fields=(
        Field("evaluated", "int", "rows", "rows the check looked at", "số dòng được kiểm tra"),
        Field("missing", "int", "rows", "of these, without a value", "số dòng thiếu giá trị"),
        Field("unexpected", "int", "rows", "of these, against the expectation", "số dòng không đạt"),
        Field("ratio", "float", "ratio", "share of the rows with a value that meet the check", "tỷ lệ đạt"),
        Field("success", "bool", "", "whether the check holds for the window", "đạt"),
        Field("observed", "float", "number", "of a check of all rows together: the number it compares, such as a mean", "giá trị đo được"),
        Field("why", "str", "", "of a check of all rows together: why it has no success", "lý do không kết luận"),
    ),
)

QUALITY_PERIOD = Measurement(
    "quality_period",
    en="One check of a suite on one feed's rows of one reporting period, whenever they came: the totals so far",
    vi="Kết quả một phép kiểm tra chất lượng trên dữ liệu của một kỳ",
    time="start of the period",
    tags=QUALITY.tags,
    fields=(Field("period", "str", "", "the period", "kỳ dữ liệu"), *QUALITY.fields.values()),
)

QUALITY_TABLE = Measurement(
    "quality_table",
    en="One check of a suite on the rows that are in one feed's table now, where the contract promises the rows before changes",
    vi="Kết quả một phép kiểm tra chất lượng trên bảng dữ liệu hiện tại",
    time="the full hour; the last one written of an hour stands",
    tags=QUALITY.tags,
    fields=(
        Field("of", "str", "", "table; or stream, where nothing can be said of the table", "phạm vi: bảng hoặc dòng thay đổi"),
        Field("rows", "int", "rows", "rows in the table", "số dòng trong bảng"),
        *(field for field in QUALITY.fields.values() if field.name != "why"),
        Field("why", "str", "", "why nothing is said of the table, or the check has no success", "lý do không kết luận"),
    ),
)

SCORES = Measurement(
    "scores",
    en="How good one feed's data are, by dimension, from 0 to 1; of the newest reporting period with judged rows",
    vi="Điểm chất lượng của một luồng dữ liệu theo bốn tiêu chí đúng, đủ, sạch, sống",
    time="that of the feed's freshness point",
    tags=FRESHNESS.tags,
    fields=(
        Field("dung_ratio", "float", "ratio", "correctness: rows that meet their checks, weighted by severity", "đúng"),
        Field("du_ratio", "float", "ratio", "completeness, likewise", "đủ"),
        Field("sach_ratio", "float", "ratio", "cleanliness, likewise", "sạch"),
        Field("song_ratio", "float", "ratio", "liveness: 1 when nothing is overdue, 0 when stale or never reported", "sống"),
    ),
)

PUNCTUALITY = Measurement(
    "punctuality",
    en="How punctual one feed was in the week, month or quarter of a day, up to its end; sums over feeds are those of a unit or department",
    vi="Mức đúng hạn của một luồng dữ liệu trong tuần, tháng, quý, tính đến hết ngày",
    time="the midnight at which the day ended",
    tags=(*FRESHNESS.tags, Tag("over", "week, month or quarter", "tuần, tháng hay quý")),
    fields=(
        Field("window", "str", "", "which week, month or quarter", "tuần, tháng, quý nào"),
        Field("in_order_seconds", "int", "s", "time in which nothing was overdue, of the time that was judged", "thời gian đúng hạn"),
        Field("behind_seconds", "int", "s", "time in which something was overdue", "thời gian quá hạn"),
        Field("spells", "int", "times", "how often it was overdue", "số lần quá hạn"),
        Field("delay_seconds", "int", "s", "how long these lasted, also before the window", "tổng thời gian chậm của các lần đó"),
        Field("owed", "int", "periods", "periods with their deadline in it, without the waived", "số kỳ phải cập nhật"),
        Field("complete", "int", "periods", "of these, complete or nil when the point was written", "số kỳ đã đủ"),
    ),
)

VOLUME = Measurement(
    "volume",
    en="Change events of one feed in one window",
    vi="Số sự kiện thay đổi của một luồng dữ liệu trong một khoảng thời gian",
    time="start of the window",
    tags=(UNIT, DATASET),
    fields=(
        Field("inserts", "int", "events", "rows created", "thêm mới"),
        Field("updates", "int", "events", "rows changed", "cập nhật"),
        Field("deletes", "int", "events", "rows deleted", "xóa"),
        Field("snapshots", "int", "events", "rows read in a snapshot", "đọc toàn bộ"),
        Field("heartbeats", "int", "events", "signs of life without a row", "tín hiệu duy trì"),
        Field("other", "int", "events", "truncations and messages", "khác"),
    ),
)

TRANSITIONS = Measurement(
    "transitions",
    en="One change of a feed's status",
    vi="Một lần thay đổi tình trạng của luồng dữ liệu",
    time="when it happened",
    tags=(UNIT, DATASET, Tag("status", "the new status", "tình trạng mới")),
    fields=(
        Field("from_status", "str", "", "the old status; empty for a feed judged for the first time", "tình trạng cũ"),
        Field("reason", "str", "", "why the new status is what it is", "lý do"),
        Field("noticed_ms", "int", "ms since the epoch", "when it was noticed", "thời điểm phát hiện"),
        Field("periods_behind", "int", "periods", "distance from data_through to expected_through", "số kỳ chậm"),
        Field("id", "str", "", "the transition's id, the same on every replay", "mã"),
    ),
)

PIPELINE = Measurement(
    "pipeline",
    en="What one stage of one worker did since its point before: counts are of that interval, so sums are right across restarts",
    vi="Hoạt động của một khâu xử lý kể từ lần ghi trước",
    time="when it was measured",
    tags=(Tag("worker", "name of the worker", "tiến trình"), Tag("stage", "one of " + ", ".join(STAGES), "khâu xử lý")),
    fields=(
        Field("records", "int", "records", "Kafka records read", "số bản ghi đã đọc"),
        Field("rows", "int", "rows", "rows taken from them", "số dòng dữ liệu"),
        Field("batches", "int", "batches", "batches processed", "số lô"),
        Field("batch_ms", "float", "ms", "mean time of a batch", "thời gian trung bình một lô"),
        Field("batch_max_ms", "float", "ms", "longest time of a batch", "thời gian dài nhất một lô"),
        Field("lag", "int", "records", "records not read yet, all partitions", "số bản ghi chưa đọc"),
        Field("behind_ms", "int", "ms", "how far reading lies behind the present", "độ trễ đọc"),
        Field("quarantined", "int", "records", "records and rows set aside", "số bản ghi bị cách ly"),
        Field("rewinds", "int", "times", "partitions read again from their committed offset", "số lần đọc lại"),
        Field("checkpoints", "int", "times", "checkpoints of feed state", "số lần lưu trạng thái"),
        Field("points", "int", "points", "points stored", "số điểm đã ghi"),
        Field("refused", "int", "points", "points the store refused for good", "số điểm bị từ chối"),
        Field("retries", "int", "times", "writes and sends tried again", "số lần thử lại"),
        Field("sink_ms", "float", "ms", "mean time of a write that the store or mail server took", "thời gian ghi trung bình"),
        Field("sink_down", "bool", "", "whether the store or mail server is out of reach", "nơi nhận mất kết nối"),
        Field("sent", "int", "messages", "messages sent to units", "số thông báo đã gửi"),
        Field("unsent", "int", "messages", "messages that could not be sent", "số thông báo chưa gửi được"),
        Field("aside", "int", "messages", "messages that some channel has not taken yet", "số thông báo đang chờ gửi lại"),
        Field("loop_lag_ms", "float", "ms", "longest hold-up of the worker's event loop", "độ trễ lớn nhất của vòng lặp sự kiện"),
        Field("memory_bytes", "int", "bytes", "resident memory of the worker", "bộ nhớ"),
    ),
)

SET_ASIDE = Measurement(
    "set_aside",
    en="Records of the sources that one worker set aside for one reason since its point before",
    vi="Số bản ghi nguồn bị cách ly vì một lý do kể từ lần ghi trước",
    time="when it was measured",
    tags=(Tag("worker", "name of the worker", "tiến trình"), Tag("reason", "why: docs/change-events.md", "lý do")),
    fields=(Field("records", "int", "records", "records set aside", "số bản ghi bị cách ly"),),
)

EVERY = (FRESHNESS, QUALITY, QUALITY_PERIOD, QUALITY_TABLE, SCORES, PUNCTUALITY, VOLUME, TRANSITIONS, PIPELINE, SET_ASIDE)
MEASUREMENTS = {m.name: m for m in EVERY}


def markdown() -> str:
    """The table as Markdown, as `docs/points.md` holds it."""
    return "\n".join(row for measurement in MEASUREMENTS.values() for row in _section(measurement))


def _section(measurement: Measurement) -> Iterator[str]:
    yield from (f"### `{measurement.name}`", "", f"{measurement.en}. {measurement.vi}.", "", f"Time: {measurement.time}.", "")
    yield from ("| name | kind | unit | meaning | tiếng Việt |", "|---|---|---|---|---|")
    for tag in measurement.tags:
        yield f"| `{tag.name}` | tag | | {tag.en} | {tag.vi} |"
    for field in measurement.fields.values():
        yield f"| `{field.name}` | {field.kind} | {field.unit} | {field.en} | {field.vi} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a real console or pipe has it
    sys.stdout.write(markdown())
