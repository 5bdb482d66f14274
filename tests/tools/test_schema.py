"""Schemas of tools: whatever a server declares, what is sent is refused by no vendor."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tui.errors import UsageError
from tui.tools.schema import check_schema, sanitised, wrong_arguments, wrong_value

KEYWORDS = [
    *("type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf", "not", "$ref"),
    *("$defs", "$schema", "$id", "description", "default", "pattern", "minimum", "exclusiveMinimum", "x-odd"),
    *("additionalProperties", "nullable", "minItems", "multipleOf", "if", "then", "dependencies", "format"),
]
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["string", "array", "object", "null", "#", "#/$defs/a", "#/properties/a", "http://x/y"])
)
ANYTHING = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYWORDS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=30,
)


def keywords(schema):
    """Every schema in a schema."""
    yield schema
    for key in ("properties", "patternProperties", "dependentSchemas"):
        for one in schema.get(key, {}).values():
            yield from keywords(one)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for one in schema.get(key, []):
            yield from keywords(one)
    for key in ("items", "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from keywords(schema[key])


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_whatever_was_declared_becomes_a_schema_that_is_taken(declared):
    schema, said = sanitised(declared)
    Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False).encode()
    assert schema["type"] == "object"
    assert isinstance(schema["properties"], dict)
    assert not {"anyOf", "oneOf", "allOf", "enum", "const", "not"} & set(schema)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) for name in schema["properties"])
    for one in keywords(schema):
        assert not {"$ref", "$schema", "$id", "$defs"} & set(one)
        assert "items" in one or "array" not in (
            one.get("type") if isinstance(one.get("type"), list) else [one.get("type")]
        )
    assert isinstance(said, str)


@settings(max_examples=200, deadline=None)
@given(ANYTHING, st.dictionaries(st.text(max_size=3), ANYTHING, max_size=3))
def test_arguments_are_checked_against_whatever_came(declared, arguments):
    assert isinstance(wrong_arguments(arguments, sanitised(declared).schema), list)


@pytest.mark.parametrize("declared", [None, [], "x", {}, {"type": "string"}, True])
def test_nothing_becomes_an_object_without_properties(declared):
    assert sanitised(declared).schema == {"type": "object", "properties": {}}


def test_what_is_sound_stays_as_it_is():
    schema = {
        "type": "object",
        "description": "Where",
        "properties": {
            "city": {"type": "string", "description": "its name", "minLength": 1, "enum": ["Oslo", "Rome"]},
            "days": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "type": {"type": "string"},
        },
        "required": ["city"],
        "additionalProperties": False,
    }
    assert sanitised(schema) == (schema, "")


def test_references_inside_are_put_in_their_place():
    schema = sanitised(
        {
            "type": "object",
            "properties": {"to": {"$ref": "#/$defs/place"}},
            "$defs": {
                "place": {"type": "object", "properties": {"lat": {"$ref": "#/$defs/n"}}},
                "n": {"type": "number"},
            },
        }
    ).schema
    assert schema["properties"]["to"] == {"type": "object", "properties": {"lat": {"type": "number"}}}


def test_a_reference_to_itself_ends():
    tree = {
        "type": "object",
        "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}, "name": {"type": "string"}},
    }
    schema = sanitised(tree).schema
    assert schema["properties"]["left"]["properties"]["name"] == {"type": "string"}
    assert len(json.dumps(schema)) < 100_000


def test_references_that_multiply_end():
    levels = {
        f"l{n}": {"type": "object", "properties": {f"p{m}": {"$ref": f"#/$defs/l{n + 1}"} for m in range(40)}}
        for n in range(6)
    }
    schema = sanitised(
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/l0"}}, "$defs": levels}
    ).schema
    assert len(json.dumps(schema)) < 1_000_000


def test_an_address_outside_is_dropped_and_what_stands_beside_it_kept():
    schema = sanitised(
        {"properties": {"a": {"$ref": "https://example.com/s.json", "description": "a thing"}}}
    ).schema
    assert schema["properties"]["a"] == {"description": "a thing"}


def test_alternatives_at_the_root_are_merged_and_told():
    schema, said = sanitised(
        {
            "type": "object",
            "oneOf": [
                {"properties": {"path": {"type": "string"}}, "required": ["path"]},
                {"properties": {"url": {"type": "string"}}, "required": ["url"]},
            ],
        }
    )
    assert schema == {"type": "object", "properties": {"path": {"type": "string"}, "url": {"type": "string"}}}
    assert '"path"; or "url"' in said


def test_parts_that_all_hold_are_merged_with_what_they_require():
    schema, said = sanitised(
        {
            "allOf": [
                {"properties": {"a": {}}, "required": ["a"]},
                {"properties": {"b": {}}, "required": ["b"]},
            ]
        }
    )
    assert schema["required"] == ["a", "b"]
    assert set(schema["properties"]) == {"a", "b"}
    assert said == ""


def test_what_may_not_stand_at_the_root_is_said_in_words():
    schema, said = sanitised({"type": "object", "enum": [{"a": 1}], "not": {"required": ["b"]}})
    assert set(schema) == {"type", "properties"}
    assert '{"enum": [{"a": 1}]}' in said
    assert '"required": ["b"]' in said


def test_an_argument_that_no_vendor_can_name_is_said_in_words():
    schema, said = sanitised(
        {
            "type": "object",
            "properties": {"größe": {"type": "integer"}},
            "required": ["größe"],
            "additionalProperties": False,
        }
    )
    assert schema == {"type": "object", "properties": {}}
    assert '"größe": {"type": "integer"}' in said


def test_older_drafts_are_told_as_it_is_said_today():
    schema = sanitised(
        {
            "id": "old",
            "properties": {
                "n": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                "pair": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]},
                "maybe": {"type": "string", "nullable": True, "required": True},
                "list": {"type": "array"},
            },
        }
    ).schema
    assert schema["properties"] == {
        "n": {"type": "number", "exclusiveMinimum": 0},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": {}},
        "maybe": {"type": ["string", "null"]},
        "list": {"type": "array", "items": {}},
    }


def test_an_argument_may_have_the_name_of_a_keyword():
    schema = sanitised({"properties": {"$ref": {"type": "string"}, "pattern": {"type": "string"}}}).schema
    assert schema["properties"]["pattern"] == {"type": "string"}
    assert wrong_arguments({"pattern": 5}, schema) == ["pattern: 5 is not of type 'string'"]


CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "integer"}}},
    "required": ["city"],
}


def test_wrong_arguments_are_told_with_their_place():
    assert wrong_arguments({"city": "Oslo", "days": [1]}, CITY) == []
    assert set(wrong_arguments({"days": [1, "two"]}, CITY)) == {
        "'city' is a required property",
        "days[1]: 'two' is not of type 'integer'",
    }


def test_an_expression_of_a_server_is_never_run():
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    assert wrong_arguments({"a": "a" * 60 + "!"}, sanitised(schema).schema) == []


def test_a_schema_of_the_persons_own_is_looked_at_whole():
    assert wrong_value({"a": "x"}, {"properties": {"a": {"pattern": "^y"}}}) == ["a: 'x' does not match '^y'"]


def test_what_is_no_schema_is_told():
    with pytest.raises(UsageError, match="no JSON schema: type: "):
        check_schema({"type": "objekt"})
    with pytest.raises(UsageError, match="object"):
        check_schema([])
    check_schema({"type": "object"})


def test_a_schema_never_fetches_anything():
    with pytest.raises(UsageError, match="example"):
        wrong_value({}, {"$ref": "http://127.0.0.1:9/example.json"})
