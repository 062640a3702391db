"""The metrics and the labels that PromQL expressions use."""

from __future__ import annotations

import promql_parser

# What Grafana puts in place of its variables, which PromQL does not know.
_GRAFANA_VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


def used(expression: str) -> dict[str, set[str]]:
    """The labels that an expression uses, by the name of the metric.

    Labels of an aggregation count as labels of all metrics in it.

    Raises:
        ValueError: the expression is not PromQL.
    """
    for variable, value in _GRAFANA_VARIABLES.items():
        expression = expression.replace(variable, value)
    found: dict[str, set[str]] = {}

    def collect(tree: promql_parser.Expr, grouped_by: frozenset[str]) -> None:
        def visit(node: promql_parser.Expr) -> bool | None:
            if isinstance(node, promql_parser.VectorSelector):
                labels = {matcher.name for matcher in node.matchers.matchers}
                found.setdefault(node.name or "", set()).update(labels | grouped_by)
            elif isinstance(node, promql_parser.AggregateExpr) and node.modifier:
                collect(node.expr, frozenset(node.modifier.labels))
            return None

        promql_parser.walk(tree, visit)

    collect(promql_parser.parse(expression), frozenset())
    return found
