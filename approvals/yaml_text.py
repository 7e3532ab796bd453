"""YAML that people type: read with limits, and with faults named by line and column."""

import json
from typing import Any

import yaml

from approvals.forms.schema import all_fields, in_order
from portal.refusals import RuleBroken

LONGEST = 1_000_000  # characters


def read_yaml(text: str) -> Any:
    """The value of a YAML text, None for an empty one. Raises RuleBroken saying where it cannot be read.

    Anchors are refused: a few lines of them can stand for gigabytes.
    """
    if len(text) > LONGEST:
        raise RuleBroken(f"内容过长，最多{LONGEST // 10_000}万字。")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise RuleBroken("不能使用YAML的引用（*），请把内容写全。")
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        where = f"第{mark.line + 1}行第{mark.column + 1}字处" if mark else ""
        raise RuleBroken(f"不是有效的YAML：{where}无法读取，请检查缩进、冒号后的空格和括号。") from fault
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise RuleBroken("不是有效的YAML：有无法识别的字符或者日期。") from fault


def read_storable(text: str) -> Any:
    """The same for what is kept as JSON: dates have to be written in quotation marks."""
    value = read_yaml(text)
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise RuleBroken('日期和时间请加引号，如 "2026-01-01"；键应为文字。') from fault
    return value


def write_yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100) if value else ""


def write_flow(value: Any) -> str:
    """On one line: {situation: [first]}."""
    if not value:
        return ""
    return yaml.safe_dump(
        value, allow_unicode=True, sort_keys=False, default_flow_style=True, width=2000
    ).strip()


class _Line(dict[str, Any]):
    """A mapping to be written on one line."""


class _Writer(yaml.SafeDumper):
    pass


def _on_one_line(writer: yaml.SafeDumper, line: _Line) -> yaml.Node:
    return writer.represent_mapping("tag:yaml.org,2002:map", line.items(), flow_style=True)


_Writer.add_representer(_Line, _on_one_line)


def write_schema(schema: Any) -> str:
    """A form schema as its documentation shows it: a field a line, in the usual order."""
    if not isinstance(schema, dict) or not schema.get("pages") or not all_fields(schema):
        return write_yaml(schema)
    ordered = in_order(schema)
    pages = [page | {"fields": [_Line(field) for field in page["fields"]]} for page in ordered["pages"]]
    return str(
        yaml.dump(
            ordered | {"pages": pages}, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=10_000
        )
    )
