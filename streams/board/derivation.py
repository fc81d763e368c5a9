"""The whole derivation of a verdict, step by step, in the words of a unit's officer. `nhip why` prints it; the JSON of a feed carries it.

What is concluded and why, the period that decides, how its deadline was reckoned day by day, what came and what is still missing, what
does not count, what was corrected, what happens next, and the rules. Counts, periods, days and instants only: no value of a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from alerts.letters import sort_key
from alerts.sentences import CHECKS, SENTENCES
from alerts.words import REASONS
from expectations.freshness.explain import Fact, Subject
from streams.board import declared, table_said
from streams.board.evidence import Evidence, Period
from streams.board.frame import Site
from streams.board.reasons import sentence, through
from streams.board.rules import rules
from streams.board.text import sentence_case
from streams.board.view import FeedDetail
from streams.changes.refusals import FUTURE, WRONG_CODE

PERIODS_TOLD = 6
TEXT: Mapping[str, tuple[str, str]] = {
    "conclusion": ("Kết luận", "Conclusion"),
    "as_of": ("Tính đến {at}: {status}.", "As of {at}: {status}."),
    "reaches": (
        "Dữ liệu đã đủ {through}; đến nay phải đủ đến hết {expected}.",
        "Data are complete {through}; by now they must reach {expected}.",
    ),
    "reaches_all": ("Dữ liệu đã đủ {through}; chưa có kỳ nào quá hạn.", "Data are complete {through}; no deadline has passed."),
    "reaches_read": ("Theo những gì đã đọc được, dữ liệu đã đủ {through}.", "As far as has been read, data are complete {through}."),
    "reaches_none": ("Chưa có kỳ nào đủ dữ liệu; đến nay phải đủ đến hết {expected}.", "No period is complete; by now {expected} must be."),
    "reaches_nothing": ("Chưa có dữ liệu nào được tính.", "No data have counted so far."),
    "reaches_instant": (
        "Dữ liệu mới nhất: {through}; phải mới hơn {expected}.",
        "Newest data: {through}; they must be newer than {expected}.",
    ),
    "behind": ("Chậm {count} kỳ.", "Periods behind: {count}."),
    "holes": ("Các kỳ còn thiếu ở giữa: {holes}.", "Periods missing in between: {holes}."),
    "reckoning": ("Cách tính hạn của {period}", "How the deadline of {period} is reckoned"),
    "reckoning_age": ("Cách tính hạn", "How the deadline is reckoned"),
    "ends": ("Kỳ kết thúc hết ngày {day}.", "The period ends with {day}."),
    "age": ("Dữ liệu mới nhất mang thời điểm {period}.", "The newest data carry {period}."),
    "rule": ("Hạn theo hợp đồng dữ liệu {contract} bản {version}: {rule}.", "Due by contract {contract}, version {version}: {rule}."),
    "rule_since": ("Quy định này áp dụng cho các kỳ bắt đầu từ ngày {day}.", "This rule holds for periods that begin on {day} or later."),
    "days_off": ("Ngày nghỉ không tính là ngày làm việc: {days}.", "Days off on the way, which are no working days: {days}."),
    "due": ("Đến hạn: {until}.", "Due: {until}."),
    "grace": (
        "Thêm thời gian ân hạn {grace}. Hạn cuối: {until}; sau đó là quá hạn.",
        "With {grace} of grace the deadline is: {until}; after that the period is late.",
    ),
    "extended": ("Kỳ này được gia hạn: hạn cuối dời đến {until}.", "The period was extended: its deadline is moved to {until}."),
    "late": ("Không có thời gian ân hạn: sau đó là quá hạn.", "There is no grace: after that the period is late."),
    "regulatory": ("Hạn theo quy định pháp luật: {until}.", "The law's own deadline: {until}."),
    "came": ("Dữ liệu đã nhận", "What has come"),
    "nothing_of": ("Chưa nhận được dòng nào của {period}.", "No row of {period} has come."),
    "part_of": (
        "{period}: đã nhận {rows} dòng, nhận lần cuối {last}; chưa đủ.",
        "{period}: rows so far: {rows}, the last at {last}; not enough.",
    ),
    "needs_rows": ("Số dòng khác nhau: {seen}, cần ít nhất {needed}.", "Different rows: {seen}; needed: {needed}."),
    "needs_usual": (
        "Mức cần này tính theo số dòng thường có của chính đơn vị trong các kỳ trước.",
        "What is needed follows from what is usual for this unit in its earlier periods.",
    ),
    "needs_slices": (
        "Đã có {seen}/{all} xã, phường, cần ít nhất {needed}; chưa có: {names}.",
        "{seen} of {all} communes and wards, of which {needed} are needed; without: {names}.",
    ),
    "period": ("{period}: {state}, {rows} dòng, hạn cập nhật: {deadline}.", "{period}: {state}, rows: {rows}, deadline: {deadline}."),
    "period_empty": ("{period}: {state}, hạn cập nhật: {deadline}.", "{period}: {state}, deadline: {deadline}."),
    "heard": (
        "Tín hiệu gần nhất: {heard}; thay đổi gần nhất ở nguồn: {changed}.",
        "Last heard: {heard}; last change at the source: {changed}.",
    ),
    "never": ("Chưa từng có tín hiệu nào.", "Nothing has ever been heard."),
    "counted": ("Dòng được tính gần nhất: {at}.", "The last row that counted came at {at}."),
    FUTURE: (
        "{rows} dòng ghi kỳ chưa bắt đầu nên không được tính, lần cuối {last}: hãy kiểm tra năm và kỳ đã nhập.",
        "Rows of a period that has not begun, which do not count: {rows}, the last at {last}. Check the year and period typed in.",
    ),
    WRONG_CODE: (
        "{rows} dòng mang mã đơn vị không có hiệu lực trong kỳ nên không được tính, lần cuối {last}: hãy kiểm tra mã trước và sau sắp xếp.",
        "Rows with a unit code that was not in force in their period, which do not count: {rows}, the last at {last}. Check the code.",
    ),
    "corrections": ("Điều chỉnh", "Corrections"),
    "correction": ("{at}: mức đã đủ lùi từ {was} về {became}.", "{at}: what was complete went back from {was} to {became}."),
    "next": ("Sắp tới", "What comes next"),
    "then": (
        "Nếu không có dữ liệu mới, từ {at}: {status} ({reason}){behind}.",
        "If nothing arrives, from {at} on: {status} ({reason}){behind}.",
    ),
    "then_behind": ("; số kỳ chậm: {count}", "; periods behind: {count}"),
    "again": ("Nhịp sẽ xét lại ngay khi đọc kịp dữ liệu.", "Nhịp judges again as soon as it has read what was sent."),
    "told": ("Đã nhắc đơn vị", "The unit was told"),
    "sent": ("{at}: {subject}", "{at}: {subject}"),
    "rules": ("Quy định áp dụng", "Rules"),
}
ASKS: Mapping[str, str] = {"partial": "ask_partial_one", "holes": "ask_holes"}
"""What a unit should do where there is nothing to look at first, by reason."""
WEEKEND = ("cuối tuần", "weekend")
OTHER_DAY = ("nghỉ theo lịch của tỉnh hoặc đơn vị", "off by the province's or the unit's calendar")


class Part(msgspec.Struct, frozen=True):
    """One step: its title and its sentences."""

    title: str
    lines: list[str]


def derivation(site: Site, detail: FeedDetail, evidence: Evidence) -> list[Part]:
    """Tell how a feed's verdict comes about, in the reader's language; parts with nothing to say are left out."""
    return [part for part in _Teller(site, detail, evidence).parts() if part.lines]


class _Teller:
    def __init__(self, site: Site, detail: FeedDetail, evidence: Evidence) -> None:
        self.site, self.detail, self.evidence, self.forms = site, detail, evidence, site.forms
        self.verdict, self.state = detail.feed.verdict, detail.state
        self.dataset = site.catalogue.datasets[detail.feed.dataset]
        self.facts: dict[Subject, Fact] = {fact.subject: fact for fact in evidence.facts}

    def say(self, name: str, **filled: str) -> str:
        said = TEXT[name][self.forms.english].format(**filled)
        return said[:1].upper() + said[1:] if name.startswith(("part", "period")) else said

    def parts(self) -> Iterator[Part]:
        missing = self.verdict.missing if self.verdict else None
        reckoned = self.say("reckoning", period=self.forms.period(missing)) if missing else self.say("reckoning_age")
        yield Part(self.say("conclusion"), list(self._conclusion()))
        yield Part(reckoned, list(self._reckoning()))
        yield Part(self.say("came"), list(self._came()))
        yield Part(table_said.title(self.site), list(table_said.sentences(self.site, self.evidence.table)))
        yield Part(self.site.t["declarations"], [self._declared(declared.row(self.site, one)) for one in self.evidence.declared])
        yield Part(self.say("corrections"), list(self._corrections()))
        yield Part(self.say("next"), list(self._next()))
        yield Part(self.say("told"), [self.say("sent", at=self.forms.at(n.sent_ms), subject=n.subject) for n in self.detail.notices])
        yield Part(self.say("rules"), [f"{r.name}: {r.value}" + (f" ({r.note})" if r.note else "") for r in rules(self.site, self.dataset)])

    def _declared(self, row: Mapping[str, str]) -> str:
        """One declaration: what, of which periods and days, whether it holds; by whom, when and why."""
        about = " ".join(part for part in (row["kind"], row["about"]) if part)
        return f"{about} ({row['word']}): {row['by']}, {row['at']}: {row['why']} [{row['id']}]"

    def _conclusion(self) -> Iterator[str]:
        verdict, forms = self.verdict, self.forms
        yield self.say(
            "as_of", at=forms.at(self.site.as_of_ms or self.site.now_ms), status=self.site.word(self.site.status(self.detail.feed))
        )
        yield sentence(forms, self.detail.feed)
        if verdict is None or verdict.status == "suspended":
            return
        reached, expected = through(forms, verdict.data_through), forms.period(verdict.expected_through)
        continuous = verdict.missing is None
        if verdict.data_through is None:
            yield self.say("reaches_nothing" if continuous or verdict.expected_through is None else "reaches_none", expected=expected)
        elif verdict.status == "unknown":
            yield self.say("reaches_read", through=reached)
        elif verdict.expected_through is None:
            yield self.say("reaches_all", through=reached)
        else:
            yield self.say("reaches_instant" if continuous else "reaches", through=reached, expected=expected)
        if verdict.periods_behind and not continuous:
            yield self.say("behind", count=forms.count(verdict.periods_behind))
        if verdict.holes:
            yield self.say(
                "holes", holes=", ".join(map(forms.period, verdict.holes)) + (" …" if verdict.hole_count > len(verdict.holes) else "")
            )
        check = CHECKS.get(verdict.reason.value) or ASKS.get(verdict.reason.value)
        if check and verdict.status in ("late", "stale", "never"):
            yield SENTENCES[check].of(self.site.language).format(missing=forms.period(verdict.missing), expected=expected)

    def _reckoning(self) -> Iterator[str]:
        """From the period's end to its deadline, with the days that were not counted."""
        verdict, facts = self.verdict, self.facts
        if verdict is None or verdict.deadline_ms is None or "rule" not in facts:
            return
        if "ends" in facts:
            yield self.say("ends", day=self._day(str(facts["ends"].values["day"])))
        elif verdict.data_through is not None:
            yield self.say("age", period=self.forms.period(verdict.data_through))
        named = {rule.name: rule for rule in rules(self.site, self.dataset, missing_since=str(facts["rule"].values["since"]))}
        due = named[self.site.t["due_rule"]]
        yield self.say(
            "rule", contract=self.dataset.id, version=self.dataset.version, rule=due.value + (f" ({due.note})" if due.note else "")
        )
        if since := str(facts["rule"].values["since"]):
            yield self.say("rule_since", day=self._day(since))
        if off := [self._day_off(fact) for fact in self.evidence.facts if fact.subject == "day_off"]:
            yield self.say("days_off", days=", ".join(off))
        yield self.say("due", until=self.forms.until(verdict.due_at_ms))
        graced_ms = int(facts["deadline"].values["at_ms"])
        if graced_ms != verdict.due_at_ms:
            yield self.say("grace", grace=named[self.site.t["grace"]].value, until=self.forms.until(graced_ms))
        else:
            yield self.say("late")
        if graced_ms != verdict.deadline_ms:
            yield self.say("extended", until=self.forms.until(verdict.deadline_ms))
        if verdict.regulatory_ms is not None:
            yield self.say("regulatory", until=self.forms.until(verdict.regulatory_ms))

    def _came(self) -> Iterator[str]:
        missing = self.verdict.missing if self.verdict else None
        of = next((period for period in self.evidence.periods if period.period == missing), None)
        if of is not None:
            yield from self._missing(of)
        told = [period for period in self.evidence.periods if period.period != missing]
        for period in told[:PERIODS_TOLD]:
            state = self.site.t[f"period_{period.state}"]
            filled = {"period": self.forms.period(period.period), "state": state, "deadline": self.forms.limit(period.deadline_ms)}
            yield self.say("period_empty" if period.rows is None else "period", rows=self.forms.count(period.rows or 0), **filled)
        if self.state.heard_ms is None:
            yield self.say("never")
        else:
            yield self.say("heard", heard=self.forms.at(self.state.heard_ms), changed=self.forms.at(self.state.changed_ms))
        if self.state.counted_ms is not None:
            yield self.say("counted", at=self.forms.at(self.state.counted_ms))
        for why, refused in sorted(self.state.refused.items()):
            yield self.say(why, rows=self.forms.count(refused.rows), last=self.forms.at(refused.last_ms))

    def _missing(self, period: Period) -> Iterator[str]:
        """What of the first missing period is there, and what is not."""
        verdict, name = self.verdict, self.forms.period(period.period)
        if period.rows is None:
            yield self.say("nothing_of", period=name)
        else:
            yield self.say("part_of", period=name, rows=self.forms.count(period.rows), last=self.forms.at(period.last_heard_ms))
        if verdict is not None and verdict.rows_expected > 1:
            seen, needed = self.forms.count(verdict.rows_seen), self.forms.count(verdict.rows_expected)
            yield self.say("needs_rows", seen=seen, needed=needed)
            if verdict.rows_expected > self.dataset.terms.min_rows:
                yield self.say("needs_usual")
        if period.slices_missing:
            units = self.site.catalogue.units
            names = sorted((self.site.name(units[part]) if part in units else part for part in period.slices_missing), key=sort_key)
            needed = str(self.facts["completeness"].values["slices_needed"])
            yield self.say(
                "needs_slices", seen=str(period.slices or 0), all=str(period.slices_expected), needed=needed, names=", ".join(names)
            )

    def _corrections(self) -> Iterator[str]:
        for one in self.state.corrections:
            yield self.say(
                "correction", at=self.forms.at(one.noticed_ms), was=self.forms.period(one.was), became=self.forms.period(one.became)
            )

    def _next(self) -> Iterator[str]:
        if self.verdict is not None and self.verdict.status == "unknown":
            yield self.say("again")
        elif fact := self.facts.get("next"):
            reason = REASONS[str(fact.values["reason"])].of(self.site.language)
            count = int(fact.values["periods_behind"]) if self.verdict is None or self.verdict.missing is not None else 0
            behind = self.say("then_behind", count=self.forms.count(count)) if count else ""
            yield self.say(
                "then", at=self.forms.at(int(fact.values["at_ms"])), status=self.site.word(fact.of), reason=reason, behind=behind
            )

    def _day(self, iso: str) -> str:
        return self.forms.day(date.fromisoformat(iso))

    def _day_off(self, fact: Fact) -> str:
        name = WEEKEND if fact.values["why"] == "weekend" else OTHER_DAY
        return f"{self._day(fact.of)} ({fact.values['name'] or name[self.forms.english]})"


def title(site: Site, detail: FeedDetail) -> str:
    """The feed by its names."""
    unit, dataset = site.catalogue.units[detail.feed.unit], site.catalogue.datasets[detail.feed.dataset]
    return f"{sentence_case(site.name(unit))} · {site.name(dataset)}"
