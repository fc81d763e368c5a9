"""The part of the Open Data Contract Standard (v3.0 and v3.1) that Nhịp reads, as strict models: a key the standard lacks is a mistake.

Keys of the standard that Nhịp does not need (prices, servers, roles …) are accepted as they are.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LogicalType = Literal["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CustomProperty(_Model):
    """A key and value that the standard leaves to us."""

    id: str | None = None
    property: str
    value: Any
    description: str | None = None


class _Element(_Model):
    id: str | None = None
    name: str
    business_name: str | None = Field(None, alias="businessName")
    physical_name: str | None = Field(None, alias="physicalName")
    physical_type: str | None = Field(None, alias="physicalType")
    description: str | None = None
    tags: list[str] = []
    quality: Any = None
    relationships: Any = None
    authoritative_definitions: Any = Field(None, alias="authoritativeDefinitions")
    custom_properties: list[CustomProperty] = Field([], alias="customProperties")


class Property(_Element):
    """A column."""

    logical_type: LogicalType = Field(alias="logicalType")
    logical_type_options: Any = Field(None, alias="logicalTypeOptions")
    classification: str | None = None
    required: bool = False
    unique: bool = False
    primary_key: bool = Field(default=False, alias="primaryKey")
    primary_key_position: int = Field(-1, alias="primaryKeyPosition")
    partitioned: bool = False
    partition_key_position: int = Field(-1, alias="partitionKeyPosition")
    encrypted_name: str | None = Field(None, alias="encryptedName")
    examples: list[Any] = []
    critical_data_element: bool = Field(default=False, alias="criticalDataElement")
    transform_source_objects: Any = Field(None, alias="transformSourceObjects")
    transform_logic: str | None = Field(None, alias="transformLogic")
    transform_description: str | None = Field(None, alias="transformDescription")
    items: Any = None
    properties: Any = None


class SchemaObject(_Element):
    """A table."""

    logical_type: Literal["object"] = Field("object", alias="logicalType")
    granularity: str | None = Field(None, alias="dataGranularityDescription")
    properties: list[Property] = Field(min_length=1)


class SlaProperty(_Model):
    """One promise about the data in time; which ones there are is told by sla.py."""

    id: str | None = None
    property: str
    value: Any
    value_ext: Any = Field(None, alias="valueExt")
    unit: str | None = None
    element: str | None = None
    driver: str | None = None
    description: str | None = None
    scheduler: str | None = None
    schedule: str | None = None


class TeamMember(_Model):
    """A person or an address of the team."""

    id: str | None = None
    username: str
    name: str | None = None
    description: str | None = None
    role: str | None = None
    date_in: str | None = Field(None, alias="dateIn")
    date_out: str | None = Field(None, alias="dateOut")
    replaced_by: str | None = Field(None, alias="replacedByUsername")
    tags: list[str] = []
    authoritative_definitions: Any = Field(None, alias="authoritativeDefinitions")
    custom_properties: list[CustomProperty] = Field([], alias="customProperties")


class Team(_Model):
    """Who owns the dataset: `name` is a department's slug."""

    id: str | None = None
    name: str
    description: str | None = None
    members: list[TeamMember] = []
    tags: list[str] = []
    authoritative_definitions: Any = Field(None, alias="authoritativeDefinitions")
    custom_properties: list[CustomProperty] = Field([], alias="customProperties")


class Contract(_Model):
    """One data contract."""

    api_version: Literal["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0"] = Field(alias="apiVersion")
    kind: Literal["DataContract"]
    id: str
    name: str
    version: str
    status: Literal["proposed", "draft", "active", "deprecated", "retired"]
    team: Team
    objects: list[SchemaObject] = Field(alias="schema", min_length=1, max_length=1)
    sla_properties: list[SlaProperty] = Field(alias="slaProperties", min_length=1)
    custom_properties: list[CustomProperty] = Field([], alias="customProperties")
    description: Any = None
    tenant: str | None = None
    domain: str | None = None
    data_product: str | None = Field(None, alias="dataProduct")
    tags: list[str] = []
    servers: Any = None
    support: Any = None
    price: Any = None
    roles: Any = None
    sla_default_element: str | None = Field(None, alias="slaDefaultElement")
    authoritative_definitions: Any = Field(None, alias="authoritativeDefinitions")
    contract_created_ts: Any = Field(None, alias="contractCreatedTs")
