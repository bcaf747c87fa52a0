"""The public Python API as Markdown, made of what the packages export and of its docstrings (Google style)."""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import re
import sys
from dataclasses import is_dataclass
from functools import cached_property
from typing import Any

EXPORTS: dict[str, dict[str, tuple[str, ...]]] = {
    "fer_ros.core": {
        "Pipeline": ("load_pipeline", "Pipeline", "Results", "PROFILES", "PipelineConfig"),
        "Pictures": ("Frame", "Box", "Landmarks"),
        "Faces": ("TrackedFace", "Expression", "Probabilities", "Face", "State", "Reasons", "annotate"),
        "Models": ("load_bundle", "Bundle", "BundleError", "BackendError"),
        "Expressions": ("EMOTIONS", "canonical"),
    },
    "fer_ros.analysis": {
        "Videos, folders and bags": (
            *("analyze", "analyze_frames", "FaceRow", "AnalyzedFrame", "to_dataframe", "to_dicts", "StableExpressions"),
            *("ExpressionChange", "IncompleteError", "MissingPackage", "annotate"),
        ),
    },
    "fer_ros.client": {
        "In a ROS node": ("FaceWatcher", "FaceSnapshot", "ExpressionChange", "Expression"),
    },
}
"""Exported names by package and heading, in the order of the page."""

_SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises")
_LISTED = ("Args", "Attributes", "Raises")
_WIDTH = 100


def public_api() -> str:
    """Return the reference of all that the packages export.

    Raises:
        ValueError: a package exports something that has no place here, or the other way round.

    """
    lines: list[str] = []
    shown: set[int] = set()
    for package, headings in EXPORTS.items():
        module = importlib.import_module(package)
        listed = [name for names in headings.values() for name in names]
        if set(listed) != set(module.__all__):
            odd = ", ".join(sorted(set(listed) ^ set(module.__all__)))
            raise ValueError(f"expected tools/python_page.py to list what {package} exports, got a difference: {odd}")
        for heading, names in headings.items():
            lines += [f"## {heading}", "", f"`from {package} import ...`", ""]
            for name in names:
                value = getattr(module, name)
                lines += [f"`{name}` is the one above.", ""] if id(value) in shown else _entry(name, value)
                shown.add(id(value))
    return "\n".join(lines)


def _entry(name: str, value: Any) -> list[str]:
    if inspect.isclass(value):
        return _class(name, value)
    if inspect.isfunction(value):
        return [f"### {name}", "", *_signature(name, value), *_text(value)]
    return [f"### {name}", "", *_code(f"{name} = {_quoted(value)}"), _comment(name), ""]


def _class(name: str, value: type) -> list[str]:
    lines = [f"### {name}", ""]
    own = value.__dict__.get("__init__")
    if issubclass(value, enum.Enum):
        members = ", ".join(f"{member.name} = {member.value}" for member in value.__members__.values())
        lines += _code(members)
    elif own is not None and not issubclass(value, Exception) and len(inspect.signature(own).parameters) > 1:
        lines += _signature(name, value)
    lines += _text(value)
    if own is not None and own.__doc__ and not is_dataclass(value) and len(inspect.signature(own).parameters) > 1:
        lines += _text(own)
    members = {member: content for member, content in value.__dict__.items() if not member.startswith("_")}
    properties = {m: c for m, c in members.items() if isinstance(c, (property, cached_property))}
    if properties:
        lines += ["*Properties*", "", *(f"- `{m}`: {_summary(c)}" for m, c in properties.items()), ""]
    for member, content in members.items():
        function = content.__func__ if isinstance(content, (classmethod, staticmethod)) else content
        if inspect.isfunction(function):
            lines += [f"#### {name}.{member}", "", *_signature(member, getattr(value, member)), *_text(function)]
    return lines


def _summary(documented: Any) -> str:
    return " ".join((inspect.getdoc(documented) or "").split())


def _code(text: str) -> list[str]:
    return ["```python", text, "```", ""]


def _signature(name: str, function: Any) -> list[str]:
    """Return how a function is called; nothing for one that takes nothing."""
    signature = inspect.signature(function)
    parameters, keyword_only = [], False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            parameters.append("*")
            keyword_only = True
        parameters.append(_parameter(parameter))
    result = signature.return_annotation
    arrow = f" -> {_type(result)}" if inspect.isfunction(function) or inspect.ismethod(function) else ""
    line = f"{name}({', '.join(parameters)}){arrow}"
    if len(line) > _WIDTH:
        inner = "".join(f"    {parameter},\n" for parameter in parameters)
        line = f"{name}(\n{inner}){arrow}"
    return _code(line)


def _parameter(parameter: inspect.Parameter) -> str:
    star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    text = f"{star}{parameter.name}"
    if parameter.annotation is not parameter.empty:
        text += f": {_type(parameter.annotation)}"
    if parameter.default is not parameter.empty:
        text += f" = {_default(parameter.default)}"
    return text


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", repr(annotation))


def _default(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    # A dataclass's default_factory has no value to show.
    return "..." if type(value).__name__.startswith("_HAS_DEFAULT_FACTORY") else _quoted(value)


def _quoted(value: Any) -> str:
    """Return a plain value as this project writes it, with double quotes."""
    return repr(value).replace("'", '"')


def _text(documented: Any) -> list[str]:
    """Return a docstring as Markdown: its sections become lists."""
    lines: list[str] = []
    section = ""
    for line in (inspect.getdoc(documented) or "").splitlines():
        if line.rstrip(":") in _SECTIONS and line.endswith(":"):
            section = line.rstrip(":")
            lines += [f"*{section}*" if section in _LISTED else f"*{section}*:"]
            lines += [""] if section in _LISTED else []
        elif not section or not line.strip():
            lines.append(line)
        elif section in _LISTED and re.match(r"    \S", line):
            names, _, text = line.strip().partition(": ")
            lines.append(f"- `{names}`: {text}")
        else:
            lines.append(f"  {line.strip()}" if section in _LISTED else line.strip())
    return [*lines, ""] if lines and lines[-1] else lines


def _comment(name: str) -> str:
    """Return the text that stands below a constant where it is assigned."""
    for module in [m for m in sys.modules.values() if getattr(m, "__name__", "").startswith("fer_ros.core")]:
        body = ast.parse(inspect.getsource(module)).body
        for statement, below in zip(body, body[1:], strict=False):
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            named = [target.id for target in targets if isinstance(target, ast.Name)]
            if name in named and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                return str(below.value.value)
    return ""
