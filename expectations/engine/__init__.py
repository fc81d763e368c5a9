"""Great Expectations' checks as states that add: judged without Great Expectations, on rows that need not be held.

The rows that count are `pandas.DataFrame(rows, columns=schema, dtype=object)`: nothing is inferred from neighbours, so a row is judged
the same in every frame. `docs/suites.md` says for each of the 59 expectation types what compiles, what falls back to Great Expectations,
and why.

How a family is written (one file a family; `nulls.py` and `between.py` are examples):

* `TYPES: Mapping[str, Compile]` names its expectation types; `registry.py` lists the families. A `Compile` takes the keyword arguments as
  Great Expectations' own `ExpectationConfiguration.kwargs` has them (coerced, defaults left out, suite parameters filled in; without
  `row_condition`, `batch_id` and `result_format`), and `keep`, the richest result format that a state must serve. It returns a
  `Compiled`, or raises `NotCompiled("falls back, because …")`: the static decision. `arguments.py` reads arguments.
* A `Compiled` (`compiled.py`) has `of(table) -> state`, `merge(a, b) -> state`, `result(state, form) -> dict`, and `empty()`, the
  identity. `merge` is associative and keeps order: `a` is before `b`. A state is a frozen `msgspec.Struct`, bounded, that `codec.py` can
  write. `result` gives `{"success": …, "result": {…}}` and, where Great Expectations never can run on pandas, `"exception_info"`.
* The dynamic decision: where a value takes one of Great Expectations' error paths, a float lies within a few ulp of a bound, or there
  are too many distinct values, `of`, `merge` and `result` raise `Demotion("…")`. The suite turns that into the state `Demoted`, which
  absorbs everything that it is merged with. So it does with any TypeError and the like: an error is Great Expectations' to tell.
* Values come from `table.column(name)` (`table.py`): `values`, `types` (look there before you look at every value), `mask` of nulls,
  `nonnull`, `nonnull_positions`, `every_position`. `table.rows` counts all rows: by so much positions shift when states are merged.
  `table.count` and the columns are those that the `row_condition` selects, which a family never sees.
* A family is right for columns of dtype object. It names in `dtypes` the dtypes of a given frame on which it is proven equal as well.
* Map expectations build their results in `mapped.py`: counts, percentages, lists of the first unexpected values, in every format.
"""

from __future__ import annotations
