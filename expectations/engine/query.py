"""Row conditions in pandas' own language, as far as they say what a condition object says: `qty > 1 and status in ["paid", "void"]`."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from typing import Any, Final

from expectations.engine.compiled import NotCompiled

OPERATORS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "NOT_IN",
}
NULLITIES: Final = {"isnull": True, "isna": True, "notnull": False, "notna": False}
BOOLEANS: Final = {"&": " and ", "|": " or "}
"""Pandas reads these as the words, which bind less tightly."""


def condition_of(text: str) -> dict[str, Any]:
    """The condition object, as it is serialised, that selects what the text selects; raises NotCompiled for any other text."""
    try:
        tokens = [(kind, BOOLEANS.get(string, string)) for kind, string, *_ in tokenize.generate_tokens(io.StringIO(text).readline)]
        return _condition(ast.parse(tokenize.untokenize(tokens).strip(), mode="eval").body)
    except (SyntaxError, tokenize.TokenError) as error:
        raise NotCompiled("falls back, because its row condition is no Python") from error


def _condition(node: ast.expr) -> dict[str, Any]:
    match node:
        case ast.BoolOp(op=op, values=values):
            return {"type": "and" if isinstance(op, ast.And) else "or", "conditions": [_condition(value) for value in values]}
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[other]) if type(op) in OPERATORS:
            return {"type": "comparison", "column": {"name": name}, "operator": OPERATORS[type(op)], "parameter": _value(other, op)}
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute), args=[], keywords=[]) if attribute in NULLITIES:
            return {"type": "nullity", "column": {"name": name}, "is_null": NULLITIES[attribute]}
    raise NotCompiled("falls back, because its row condition says more than which values of columns it wants")


def _value(node: ast.expr, operator: ast.cmpop) -> Any:
    """A number or a text; of `in` and `not in`, a list of them."""
    try:
        value = ast.literal_eval(node)
    except ValueError as error:
        raise NotCompiled("falls back, because its row condition compares with something else than a number, a text or a list") from error
    if isinstance(value, list) is not isinstance(operator, ast.In | ast.NotIn):
        raise NotCompiled("falls back, because its row condition compares with something else than a number, a text or a list")
    return value
