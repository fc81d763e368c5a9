"""The datasource and the dashboards' folder: the same for the API and for provisioning by files."""

from __future__ import annotations

from typing import Any

import yaml

TYPE = "influxdb"
UID = "nhip-influxdb"
NAME = "Nhịp InfluxDB"
FOLDER_UID = "nhip"
FOLDER_TITLE = "Nhịp"


def datasource(url: str, bucket: str, token: str) -> dict[str, Any]:
    """The InfluxDB datasource as Grafana's API takes it: `url` as Grafana reaches it, InfluxQL, POST because queries are long.

    A bucket named `database/policy` is asked by its database; the policy must be the database's default one. The header with the token
    is what InfluxDB 2.x and 3 ask for, and 1.8 takes it too (`user:password`).
    """
    return {
        "name": NAME,
        "uid": UID,
        "type": TYPE,
        "access": "proxy",
        "url": url,
        "jsonData": {
            "version": "InfluxQL",
            "dbName": bucket.partition("/")[0],
            "httpMode": "POST",
            "timeInterval": "30s",
            "httpHeaderName1": "Authorization",
        },
        "secureJsonData": {"httpHeaderValue1": f"Token {token}"},
    }


def datasource_yaml(url: str, bucket: str, token_reference: str) -> str:
    """The datasource as a provisioning file. `token_reference` is filled in by Grafana: `$__file{path}` or `${VARIABLE}`."""
    # A dollar of an address or a name is not meant for Grafana to fill in.
    told = datasource(url.replace("$", "$$"), bucket.replace("$", "$$"), token_reference)
    return _yaml({"apiVersion": 1, "datasources": [told | {"editable": False}]})


def provider_yaml(folder: str) -> str:
    """Where Grafana finds the dashboards: `folder` as Grafana sees it."""
    provider = {
        "name": "nhip",
        "type": "file",
        "folder": FOLDER_TITLE,
        "folderUid": FOLDER_UID,
        "disableDeletion": True,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 60,
        "options": {"path": folder},
    }
    return _yaml({"apiVersion": 1, "providers": [provider]})


def _yaml(value: dict[str, Any]) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=140)
