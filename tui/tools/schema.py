"""Schemas of arguments: made so that every vendor takes them, and arguments checked against them.

One tool with a schema that a vendor refuses fails every request, so all of them pass ``sanitised`` first.
It lets through what it knows and nothing else: keywords of JSON Schema 2020-12 with fitting values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from tui.checked import number, numbered
from tui.errors import UsageError
from tui.text import normalise, one_line

LONGEST_DESCRIPTION = 8_000
"""Characters that are told of a tool or of one of its arguments."""
DEEPEST_REFERENCE = 5
_DEEPEST = 24
_MOST_NODES = 4_000
"""Schemas in a schema: references may stand for far more than was written."""

_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""Names of arguments that every vendor takes."""
_NOT_AT_ROOT = ("anyOf", "oneOf", "allOf", "enum", "const", "not")
_FEW = 5
_LONGEST_WORDS = 200


class Sanitised(NamedTuple):
    """A schema that every vendor takes."""

    schema: dict[str, Any]
    said: str
    """What it can't say any more, for the description; may be empty."""


def sanitised(schema: object) -> Sanitised:
    """``schema`` with an object at its root and nothing in it that some vendor refuses."""
    root = _Cleaner(schema).schema(schema)
    said: list[str] = []
    root = _merged(root, said)
    root["type"] = "object"
    properties: dict[str, Any] = root.setdefault("properties", {})
    for name in [name for name in properties if not _KEY.fullmatch(name)]:
        said.append(f"It also takes {_json(name)}: {_json(properties.pop(name))}.")
        root.pop("additionalProperties", None)
    _mend_required(root)
    return Sanitised(root, " ".join(said))


def _merged(root: dict[str, Any], said: list[str]) -> dict[str, Any]:
    """The root without what may not stand there: in its properties, or said in words."""
    left = {key: root.pop(key) for key in _NOT_AT_ROOT if key in root}
    for key in ("enum", "const", "not"):
        if key in left:
            said.append(f"The arguments must {'not ' if key == 'not' else ''}fit {_json({key: left[key]})}.")
    for branch in left.get("allOf", ()):
        branch = _merged(branch, said)
        _take_in(root, branch)
        root["required"] = [*root.get("required", ()), *branch.get("required", ())]
    for key in ("anyOf", "oneOf"):
        branches = [_merged(branch, said) for branch in left.get(key, ())]
        for branch in branches:
            _take_in(root, branch)
        if branches:
            said.append(_choice(branches))
    return root


def _take_in(root: dict[str, Any], branch: Mapping[str, Any]) -> None:
    properties = root.setdefault("properties", {})
    for name, schema in branch.get("properties", {}).items():
        known = properties.get(name)
        if known is None or known == schema:
            properties[name] = schema
        else:  # another branch says otherwise of it: either will do
            choices = known["anyOf"] if set(known) == {"anyOf"} else [known]
            properties[name] = {"anyOf": [*choices, *([] if schema in choices else [schema])]}
    if branch.get("properties"):
        root.pop("additionalProperties", None)


def _choice(branches: Sequence[Mapping[str, Any]]) -> str:
    forms = [", ".join(map(_json, branch.get("required", ()))) or "none" for branch in branches]
    return f"Required is one of these sets of arguments: {'; or '.join(dict.fromkeys(forms))}."


def _mend_required(schema: dict[str, Any]) -> None:
    """Only what is there can be required, and once; nothing required is not said."""
    properties = schema.get("properties", {})
    required = [name for name in dict.fromkeys(schema.pop("required", ())) if name in properties]
    if required:
        schema["required"] = required


class _Cleaner:
    """Takes what is known of a schema, with what it refers to in its place."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._nodes = 0

    def schema(self, raw: object, depth: int = 0, followed: int = 0) -> dict[str, Any]:
        """A schema; an empty one, which all fits, where it is none or too deep."""
        self._nodes += 1
        if not isinstance(raw, Mapping) or depth > _DEEPEST or self._nodes > _MOST_NODES:
            return {"not": {}} if raw is False else {}
        reference = raw.get("$ref")
        if isinstance(reference, str):
            beside = {key: value for key, value in raw.items() if key != "$ref"}
            if followed < DEEPEST_REFERENCE:
                target = self._target(reference)
                return self.schema({**target, **beside}, depth, followed + 1)
            raw = beside
        schema: dict[str, Any] = {}
        for key, value in _modern(raw).items():
            found = self._value(key, value, depth, followed)
            if found is not None:
                schema[key] = found
        kinds = schema.get("type")
        if (kinds == "array" or (isinstance(kinds, list) and "array" in kinds)) and "items" not in schema:
            schema["items"] = {}
        if "required" in schema and "properties" in schema:
            _mend_required(schema)
        return schema

    def _value(self, key: str, value: object, depth: int, followed: int) -> Any:
        """The value of a keyword; None where it is unknown, or of the wrong shape."""
        if key in _SCHEMA:
            if isinstance(value, bool):
                return value if key in _MAY_BE_BOOLEAN else self.schema(value, depth + 1, followed)
            return self.schema(value, depth + 1, followed) if isinstance(value, Mapping) else None
        if key in _SCHEMAS:
            if not isinstance(value, list) or not value:
                return None
            return [self.schema(one, depth + 1, followed) for one in value]
        if key in _NAMED_SCHEMAS:
            if not isinstance(value, Mapping):
                return None
            return {
                normalise(str(name)): self.schema(one, depth + 1, followed) for name, one in value.items()
            }
        reader = _PLAIN.get(key)
        return reader(value) if reader else None

    def _target(self, reference: str) -> Mapping[str, Any]:
        """What stands at a place of this schema; nothing for any other."""
        if not reference.startswith("#"):
            return {}
        found: Any = self._root
        for step in filter(None, reference[1:].split("/")):
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list):
                found = dict(enumerate(found)).get(numbered(step) or 0)
            elif isinstance(found, Mapping):
                found = found.get(step)
        return found if isinstance(found, Mapping) else {}


def _modern(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What older drafts and OpenAPI say otherwise, as it is said today."""
    schema = dict(raw)
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)
    if isinstance(schema.get("items"), list):
        schema["prefixItems"] = schema.pop("items")
        schema["items"] = schema.pop("additionalItems", {})
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = list(dict.fromkeys((schema["type"], "null")))
    return schema


def _string(value: object) -> str | None:
    return normalise(value) if isinstance(value, str) else None


def _description(value: object) -> str | None:
    return normalise(value)[:LONGEST_DESCRIPTION] if isinstance(value, str) else None


def _type(value: object) -> str | list[str] | None:
    if isinstance(value, list):
        kinds = [kind for kind in dict.fromkeys(filter(_is_type, value))]
        return kinds[0] if len(kinds) == 1 else kinds or None
    return value if isinstance(value, str) and value in _TYPES else None


def _is_type(value: object) -> bool:
    return isinstance(value, str) and value in _TYPES


def _names(value: object) -> list[str] | None:
    return [normalise(name) for name in value if isinstance(name, str)] if isinstance(value, list) else None


def _values(value: object) -> list[Any] | None:
    found = _data(value) if isinstance(value, list) else None
    return [one for place, one in enumerate(found) if one not in found[:place]] or None if found else None


def _data(value: object) -> Any:
    """A value as JSON has it; None where it is none."""
    try:
        return json.loads(normalise(json.dumps(value, allow_nan=False, ensure_ascii=False)))
    except (TypeError, ValueError, RecursionError):
        return None


def _number(value: object) -> int | float | None:
    return number(value)


def _count(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _pattern(value: object) -> str | None:
    try:
        re.compile(value) if isinstance(value, str) else None
    except (re.error, OverflowError, RecursionError):
        return None
    return _string(value)


_MAY_BE_BOOLEAN = frozenset({"additionalProperties", "unevaluatedProperties", "unevaluatedItems"})
_SCHEMA = _MAY_BE_BOOLEAN | {"items", "not", "if", "then", "else", "contains", "propertyNames"}
_SCHEMAS = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_PLAIN: Mapping[str, Callable[[object], Any]] = {
    "type": _type,
    "title": _string,
    "description": _description,
    "format": _string,
    "pattern": _pattern,
    "enum": _values,
    "const": _data,
    "default": _data,
    "required": _names,
    "minimum": _number,
    "maximum": _number,
    "exclusiveMinimum": _number,
    "exclusiveMaximum": _number,
    "multipleOf": lambda value: found if (found := number(value)) and found > 0 else None,
    "minLength": _count,
    "maxLength": _count,
    "minItems": _count,
    "maxItems": _count,
    "minProperties": _count,
    "maxProperties": _count,
    "uniqueItems": _flag,
}


# -- values that are checked
_FOREIGN_EXPRESSIONS = frozenset({"pattern", "patternProperties"})
"""Expressions of others may take for ever: whoever wrote them may try them."""


def wrong_arguments(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with the arguments of a call, in words for the model; nothing where they fit.

    Args:
        arguments: What the model gave.
        schema: A sanitised one.
    """
    return wrong_value(arguments, _without_expressions(schema))


def wrong_value(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """What of a value does not fit a schema, in words; nothing where it fits.

    Raises:
        UsageError: The schema refers to what is not in it.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    kind = validator_for(schema, default=Draft202012Validator)
    try:  # a registry of its own: without one, addresses in it would be fetched
        errors = list(islice(kind(schema, registry=Registry()).iter_errors(value), _FEW))
    except Unresolvable as error:
        raise UsageError(
            f"The schema refers to {one_line(str(error.ref), _LONGEST_WORDS)}, which is not in it",
            "Everything that it refers to must stand in the same file.",
        ) from None
    except RecursionError:
        return ["It is nested too deep to be checked."]
    return list(dict.fromkeys(map(_words, errors)))


def check_schema(schema: object) -> None:
    """Make sure that a schema of the person's own is one.

    Raises:
        UsageError: It is none; says what is wrong with it.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    if not isinstance(schema, Mapping):
        raise UsageError("A schema is a JSON object")
    try:
        validator_for(schema, default=Draft202012Validator).check_schema(dict(schema))
    except SchemaError as error:
        raise UsageError(f"It is no JSON schema: {_words(error)}") from None
    except RecursionError:
        raise UsageError("It is no JSON schema that can be used: it is nested too deep") from None


def _words(error: Any) -> str:
    """What a ``jsonschema.ValidationError`` says, with the place of the value."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    deeper = error.context and min(error.context, key=lambda one: -len(one.absolute_path))
    more = f" ({deeper.message})" if deeper and len(deeper.absolute_path) > len(error.absolute_path) else ""
    return one_line(f"{place.lstrip('.')}: {error.message}{more}".removeprefix(": "), _LONGEST_WORDS)


def _without_expressions(schema: Any) -> Any:
    """``schema`` without the keywords that hold expressions; an argument may be named like one."""
    if isinstance(schema, list):
        return [_without_expressions(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NAMED_SCHEMAS and isinstance(value, Mapping):
            value = {name: _without_expressions(one) for name, one in value.items()}
        elif key in _SCHEMA or key in _SCHEMAS:
            value = _without_expressions(value)
        if key not in _FOREIGN_EXPRESSIONS:
            kept[key] = value
    return kept


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
