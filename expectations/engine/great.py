"""Great Expectations itself, for what does not compile. Importing this is cheap; the first question imports it (seconds, 200 MB)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from threading import Lock
from typing import Any

from expectations.engine.compiled import NotCompiled

SOURCE, ASSET = "nhip", "rows"
BATCH_ID = f"{SOURCE}-{ASSET}"
"""What Great Expectations calls the batch of our one asset."""

NUMPY_SUCCESS = frozenset({"expect_column_quantile_values_to_be_between"})
"""Types of which Great Expectations gives the success as numpy's own boolean, which is written in another way."""

_one_at_a_time = Lock()
"""Great Expectations shares what it knows by the name of the asset: two threads would mix their frames."""


@cache
def _definition() -> Any:
    """The one asset: a new one for every frame would keep every frame. A context that the caller has set stays the current one."""
    import great_expectations as gx  # noqa: PLC0415  seconds and 200 MB: only where Great Expectations is asked
    from great_expectations.data_context.data_context.context_factory import project_manager  # noqa: PLC0415
    from great_expectations.exceptions import DataContextRequiredError  # noqa: PLC0415

    try:
        current = project_manager.get_current_project()
    except DataContextRequiredError:
        current = None
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas(SOURCE).add_dataframe_asset(ASSET)
    if current is not None:
        project_manager.set_project(current)
    return asset.add_batch_definition_whole_dataframe("all")


def ask(frame: Any, expect: Any, result_format: Any, suite_parameters: Mapping[str, Any] | None) -> Any:
    """`Batch.validate` of a pandas frame: Great Expectations' own result of an expectation or a suite."""
    with _one_at_a_time:
        batch = _definition().get_batch(batch_parameters={"dataframe": frame})
        parameters = None if suite_parameters is None else dict(suite_parameters)
        return batch.validate(expect, result_format=deepcopy(result_format), expectation_parameters=parameters)


def as_object(given: Any) -> Any:
    """An Expectation or an ExpectationSuite of Great Expectations, from either or from its JSON; raises what it raises."""
    import great_expectations as gx  # noqa: PLC0415  as above
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration  # noqa: PLC0415

    if isinstance(given, ExpectationConfiguration):
        return given.to_domain_obj()
    if not isinstance(given, Mapping):
        return given
    if "expectations" in given:
        return gx.ExpectationSuite(**{"name": "suite", **deepcopy(dict(given))})
    return ExpectationConfiguration(**deepcopy(dict(given))).to_domain_obj()


def configurations(expect: Any, suite_parameters: Mapping[str, Any] | None) -> list[tuple[Any, Any]]:
    """The configurations in Great Expectations' order, as given and with parameters filled in; raises what it raises."""
    import great_expectations as gx  # noqa: PLC0415  as above

    several = expect.expectation_configurations if isinstance(expect, gx.ExpectationSuite) else [expect.configuration]
    columns: dict[object, list[tuple[Any, Any]]] = {}
    for one in several:
        given = deepcopy(one)
        one.process_suite_parameters(None if suite_parameters is None else dict(suite_parameters), interactive_evaluation=True)
        column = one.kwargs.get("column")
        columns.setdefault(column if isinstance(column, str) else None, []).append((given, one))
    return [both for some in columns.values() for both in some]


def filled_in(configuration: Any) -> tuple[Any, Any]:
    """The configuration as asked of our batch, and as it is written beside a result: coerced, defaults left out."""
    asked = deepcopy(configuration)
    asked.kwargs.update({"batch_id": BATCH_ID})
    return asked, asked.to_domain_obj().configuration


def ask_some(frame: Any, some: Sequence[Any], result_format: Any, suite_parameters: Mapping[str, Any] | None) -> list[Any]:
    """Great Expectations' results of some configurations, asked together, in its order. It fills in the parameters, in a way of its own."""
    import great_expectations as gx  # noqa: PLC0415  as above

    suite = gx.ExpectationSuite(name="some", expectations=[deepcopy(one) for one in some])
    return list(ask(frame, suite, result_format, suite_parameters).results)


def one_result(configuration: Any, outcome: Mapping[str, Any]) -> Any:
    """An ExpectationValidationResult of a compiled outcome."""
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult  # noqa: PLC0415  as above

    if configuration.type in NUMPY_SUCCESS:
        import numpy as np  # noqa: PLC0415  as above

        outcome = {**outcome, "success": np.bool_(outcome["success"])}
    return ExpectationValidationResult(**outcome, expectation_config=configuration)


def suite_result(suite: Any, results: list[Any]) -> Any:
    """An ExpectationSuiteValidationResult, with Great Expectations' own statistics."""
    from great_expectations import __version__  # noqa: PLC0415  as above
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult  # noqa: PLC0415
    from great_expectations.validator.validator import calc_validation_statistics  # noqa: PLC0415

    statistics = calc_validation_statistics(results)
    return ExpectationSuiteValidationResult(
        results=results,
        success=statistics.success,
        suite_name=suite.name,
        statistics={
            "evaluated_expectations": statistics.evaluated_expectations,
            "successful_expectations": statistics.successful_expectations,
            "unsuccessful_expectations": statistics.unsuccessful_expectations,
            "success_percent": statistics.success_percent,
        },
        meta={
            "great_expectations_version": __version__,
            "batch_spec": {"batch_data": "PandasDataFrame"},
            "active_batch_definition": {
                "datasource_name": SOURCE,
                "data_connector_name": "fluent",
                "data_asset_name": ASSET,
                "batch_identifiers": {"dataframe": "<DATAFRAME>"},
            },
        },
        batch_id=BATCH_ID,
    )


def is_suite(expect: Any) -> bool:
    """Whether it is a suite; raises NotCompiled for what is neither suite nor expectation."""
    import great_expectations as gx  # noqa: PLC0415  as above
    from great_expectations.expectations.expectation import Expectation  # noqa: PLC0415

    if not isinstance(expect, gx.ExpectationSuite | Expectation):
        raise NotCompiled(f"{type(expect).__name__} is neither an expectation nor a suite of Great Expectations")
    return isinstance(expect, gx.ExpectationSuite)
