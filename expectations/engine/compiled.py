"""What a compiled expectation is, and the two ways in which one is not: statically (`NotCompiled`) and on some rows (`Demotion`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from expectations.engine.formats import ResultFormat
from expectations.engine.table import Table

State = TypeVar("State")
Kwargs = Mapping[str, Any]
Outcome = dict[str, Any]
"""`success`, `result` and perhaps `exception_info` of Great Expectations' ExpectationValidationResult."""


class NotCompiled(ValueError):  # noqa: N818  a public name that says what it is
    """An expectation that only Great Expectations itself can judge; the message says why."""


class Demoted(msgspec.Struct, frozen=True, tag="demoted"):
    """The state of a check that met rows which only Great Expectations can judge. Merged with anything, it stays."""

    reason: str
    raises: bool = False
    """Whether it is known that Great Expectations raises on these rows. Of rows merged with others nothing is known."""


class Compiled(Protocol[State]):
    """One expectation with its arguments."""

    columns: tuple[str, ...]
    """The columns that it reads; of the table's shape, none."""

    dtypes: frozenset[str]
    """Names of dtypes besides object on which it is proven to agree with Great Expectations."""

    state_type: type[State]

    def empty(self) -> State:
        """The state of no rows: the identity of `merge`."""
        ...

    def of(self, table: Table) -> State:
        """Judge the rows of a table; raises Demotion."""
        ...

    def merge(self, a: State, b: State) -> State:
        """The state of a's rows followed by b's; raises Demotion."""
        ...

    def result(self, state: State, form: ResultFormat) -> Outcome:
        """What Great Expectations would say of these rows; raises Demotion."""
        ...


Compile = Callable[[Kwargs, ResultFormat], Compiled[Any]]
"""Takes the arguments, and the richest format that results will be asked in: so much a state must keep. Raises NotCompiled."""
