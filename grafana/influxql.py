"""A raw InfluxQL query as Grafana's InfluxDB datasource stores it; the foundation SDK knows other datasources only."""

from __future__ import annotations

from typing import Any, Literal, Self

from grafana_foundation_sdk.cog import runtime, variants
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from grafana.datasource import TYPE, UID
from grafana.queries import Query

Form = Literal["table", "time_series"]

SOURCE = DataSourceRef(type_val=TYPE, uid=UID)


class InfluxQuery(variants.Dataquery):
    """One target of a panel. `alias` names its series, `$tag_x` is the value of a tag; "" with a table, whose columns have names."""

    def __init__(self, query: str, form: Form, alias: str = "", ref_id: str = "A") -> None:
        self.query = query
        self.form = form
        self.alias = alias
        self.ref_id = ref_id

    def to_json(self) -> dict[str, object]:
        """The target as Grafana stores it."""
        told: dict[str, object] = {
            "datasource": SOURCE.to_json(),
            "query": self.query,
            "rawQuery": True,
            "refId": self.ref_id,
            "resultFormat": self.form,
        }
        return told | ({"alias": self.alias} if self.alias else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a stored target back."""
        return cls(data["query"], data["resultFormat"], data.get("alias", ""), data["refId"])


class Target(Builder[InfluxQuery]):
    """Builds the target of a query, as the SDK's panels want it."""

    def __init__(self, query: Query, form: Form = "table", alias: str = "", ref_id: str = "A") -> None:
        self._made = InfluxQuery(query.text, form, alias, ref_id)

    def build(self) -> InfluxQuery:
        """The finished target."""
        return self._made


def variant_config() -> runtime.DataqueryConfig:
    """For the SDK's registry: how it reads our targets back."""
    return runtime.DataqueryConfig(identifier=TYPE, from_json_hook=InfluxQuery.from_json)
