"""The scripted language model and the checks on JSON replies."""

from __future__ import annotations

from typing import Any

import pytest

from remanence.errors import BadReply, InvalidInput, ModelError
from remanence.models import Script
from remanence.models.reply import ask_json, read_object
from remanence.stage.json_shape import fault

ASK = [{"role": "user", "content": "who?"}]
NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def test_replies_come_in_order_and_prompts_are_kept() -> None:
    """Texts as they are, objects as JSON."""
    script = Script(["one", {"name": "Ada"}])

    got = [script.complete(ASK), script.complete([*ASK, {"role": "assistant", "content": "one"}])]

    assert got == ["one", '{"name": "Ada"}']
    assert [1, 2] == [len(prompt) for prompt in script.prompts]
    assert ASK == script.prompts[0]


def test_a_function_may_write_the_replies() -> None:
    """It sees the messages."""
    script = Script(lambda messages: {"name": messages[-1]["content"].upper()})

    assert script.json(ASK, NAMED) == {"name": "WHO?"}


def test_a_script_that_ends_says_which_prompt_had_no_reply() -> None:
    """The error quotes the prompt, so that a test shows what was asked too often."""
    script = Script([])

    with pytest.raises(ModelError, match="no reply left for call 1: 'who"):
        script.complete(ASK)


def test_an_exception_in_the_script_is_raised() -> None:
    """A failing model is a line of the script."""
    script = Script([ModelError("down"), "up"])

    with pytest.raises(ModelError, match="down"):
        script.complete(ASK)
    assert script.complete(ASK) == "up"


def test_a_bad_reply_is_followed_by_the_next_one_or_is_an_error() -> None:
    """As with a real model: asked again once; nothing left to say is a BadReply."""
    assert Script(["hm", {"name": "Bo"}]).json(ASK, NAMED) == {"name": "Bo"}
    with pytest.raises(BadReply, match="no JSON object"):
        Script(["hm"]).json(ASK, NAMED)
    with pytest.raises(BadReply, match="after 2 replies"):
        Script(["hm", "hm", {"name": "too late"}]).json(ASK, NAMED)


@pytest.mark.parametrize(
    ("schema", "good", "bad", "words"),
    [
        ({"type": "string"}, "x", 1, "reply should be string"),
        ({"type": "number"}, 1.5, "1.5", "number"),
        ({"type": "number"}, 1, float("nan"), "number"),
        ({"type": "integer"}, 2.0, 2.5, "integer"),
        ({"type": "boolean"}, False, 0, "boolean"),
        ({"type": "null"}, None, 0, "null"),
        ({"type": ["string", "null"]}, None, 3, "string or null"),
        ({"enum": ["a", "b"]}, "a", "c", r'one of \["a", "b"\]'),
        ({"const": 1}, 1, 2, "should be 1"),
        ({"type": "array", "items": {"type": "string"}}, [], ["a", 1], r"reply\[1\] should be string"),
        ({"minItems": 1}, [1], [], "at least 1 items"),
        ({"maxItems": 1}, [1], [1, 2], "at most 1 items"),
        ({"minimum": 0, "maximum": 1}, 0.5, 2, "at most 1"),
        ({"minLength": 2}, "ab", "a", "at least 2 characters"),
        ({"maxLength": 2}, "ab", "abc", "at most 2 characters"),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}, "reply.b is not in"),
        ({"additionalProperties": {"type": "string"}}, {"a": "x"}, {"a": 1}, "reply.a should be string"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None, 1, "string or reply should be null"),
        (
            {"properties": {"a": {"properties": {"b": {"type": "array", "items": {"required": ["c"]}}}}}},
            {"a": {"b": [{"c": 1}]}},
            {"a": {"b": [{"c": 1}, {}]}},
            r"reply.a.b\[1\].c is missing",
        ),
    ],
)
def test_the_schema_is_checked(schema: dict[str, Any], good: Any, bad: Any, words: str) -> None:
    """Each rule lets a right value through and names the place of a wrong one."""
    assert fault(good, schema) is None
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(fault(bad, schema))


@pytest.mark.parametrize(
    "schema",
    [{"pattern": "x"}, {"type": "date"}, {"properties": {"a": {"oneOf": []}}}, {"items": {"anyOf": [{"not": {}}]}}],
)
def test_a_schema_that_cannot_be_checked_is_refused(schema: dict[str, Any]) -> None:
    """Before the model is asked: nothing stays silently unchecked."""
    script = Script(["{}"])

    with pytest.raises(InvalidInput, match="unsupported"):
        ask_json(script.complete, ASK, schema)
    assert script.prompts == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('  {"a": {"b": [2]}} trailing words', {"a": {"b": [2]}}),
        ('```\n{"a": 1}\n```', {"a": 1}),
        ('```JSON\n{"a": 1}\n``` as you wished', {"a": 1}),
        ('Here you are:\n{"a": "}"}', {"a": "}"}),
    ],
)
def test_the_object_is_found_in_the_reply(reply: str, expected: dict[str, Any]) -> None:
    """Bare, fenced, or among words."""
    assert expected == read_object(reply)


@pytest.mark.parametrize("reply", ["", "[1, 2]", "null", "{", '{"a": Infinity}', "{'a': 1}"])
def test_what_is_no_object_is_a_value_error(reply: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"JSON"):
        read_object(reply)
