"""Settings of editors are edited as text: what we add can be read back, and every other character stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.serve.agents.jsonc import append, parse, put, remove, remove_item
from remanence.serve.agents.toml_text import load, put_table, remove_table

ZED = """// Zed settings
{
  "theme": "One Dark", // my eyes
  /* fonts */
  "buffer_font_size": 15,
  "context_servers": {
    "files": { "command": "fs", "args": ["."] },
  },
}
"""
ENTRY = {"command": "remanence", "args": ["mcp"]}


def test_comments_and_trailing_commas_are_read() -> None:
    """As editors read them."""
    value = parse(ZED).value

    assert {
        "theme": "One Dark",
        "buffer_font_size": 15,
        "context_servers": {"files": {"command": "fs", "args": ["."]}},
    } == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "key"),
        ("[1 2]", "comma"),
        ('{"a" 1}', "colon"),
        ("{} x", "behind"),
        ("{'a': 1}", "key"),
        ("nope", "no JSON value"),
        ("[" * 99, "deeply"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, why: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(InvalidInput, match=f"line 2: .*{why}"):
        parse("\n" + text)


def test_a_new_member_stands_like_the_others() -> None:
    """Comments, order, indentation and trailing commas stay."""
    assert ZED.replace(
        '    "files": { "command": "fs", "args": ["."] },\n',
        '    "files": { "command": "fs", "args": ["."] },\n'
        '    "remanence": {\n      "command": "remanence",\n      "args": [\n        "mcp"\n      ]\n    },\n',
    ) == put(ZED, ("context_servers", "remanence"), ENTRY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{\n  "a": 1, // mine\n  /* end */\n}\n', '{\n  "a": 1, // mine\n  "x": 2,\n  /* end */\n}\n'),
        ('{\n  "a": 1 // mine\n}\n', '{\n  "a": 1, // mine\n  "x": 2\n}\n'),
        ('{\r\n  "a": 1 /* mine */\r\n}', '{\r\n  "a": 1, /* mine */\r\n  "x": 2\r\n}'),
    ],
)
def test_a_comment_stays_beside_what_it_is_about(before: str, after: str) -> None:
    """With and without a comma, in both forms of comment and of line ends."""
    assert after == put(before, ("x",), 2)


TEXTS = [
    '{\n  "a": 1, // one\n  "b": 2 // two\n}\n',
    '{\n  "a": 1, /* one */ \n}\n',
    "",
    "\n",
    "{}",
    "{}\n",
    "{ }",
    "// nothing yet\n{\n}\n",
    '{"a": 1}',
    '{"mcpServers": {}}',
    '{\n\t"a": 1\n}\n',
    '{\r\n  "a": 1\r\n}\r\n',
    '{"mcpServers": {"x": {"command": "y"}}, "z": [1, 2]}',
    '{\n  "a": [\n    1, // one\n    2\n  ] /* end */\n}\n',
    ZED,
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_put_can_be_taken_out_again(text: str) -> None:
    """The values are those of before, with and without ours; comments are all there."""
    before = parse(text).value
    path = ("mcpServers", "remanence")

    made = put(text, path, ENTRY)

    value = parse(made).value
    assert ENTRY == value["mcpServers"].pop("remanence")
    assert {"mcpServers": {}} | (before or {}) == value | {"mcpServers": value["mcpServers"]}
    left = parse(remove(made, path)).value
    assert {k: v for k, v in (before or {}).items() if v != {}} == {k: v for k, v in left.items() if v != {}}
    for comment in ("// my eyes", "/* fonts */", "// one", "/* end */", "// nothing yet"):
        assert (comment in text) == (comment in remove(made, path))


@pytest.mark.parametrize("text", TEXTS)
def test_items_of_lists_come_and_go(text: str) -> None:
    """Behind those that are there, and without disturbing them."""
    one, two = {"command": "a"}, {"command": "b"}

    made = append(append(text, ("hooks", "Stop"), one), ("hooks", "Stop"), two)

    assert [one, two] == parse(made).value["hooks"]["Stop"]
    assert [one] == parse(remove_item(made, ("hooks", "Stop"), 1)).value["hooks"]["Stop"]
    assert [two] == parse(remove_item(made, ("hooks", "Stop"), 0)).value["hooks"]["Stop"]
    gone = remove_item(remove_item(made, ("hooks", "Stop"), 1), ("hooks", "Stop"), 0)
    assert "hooks" not in parse(gone).value
    assert (parse(text).value or {}) == parse(gone).value


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.dictionaries(st.text(max_size=4), _JSON, max_size=4), st.sampled_from([None, 1, 2, "\t"]))
def test_any_object_keeps_its_other_values(value: dict[str, object], indent: int | str | None) -> None:
    """Whatever it holds and however it is laid out."""
    text = json.dumps(value, indent=indent)
    value = {key: inner for key, inner in value.items() if key != "ours"}
    text = json.dumps(value, indent=indent)

    made = put(text, ("ours", "x"), ENTRY)

    assert value | {"ours": {"x": ENTRY}} == parse(made).value
    assert value == parse(remove(made, ("ours", "x"))).value


def test_a_value_in_the_way_is_not_overwritten() -> None:
    """A list where an object is expected is somebody's mistake to mend."""
    with pytest.raises(InvalidInput, match="mcpServers is not an object"):
        put('{"mcpServers": []}', ("mcpServers", "x"), 1)
    with pytest.raises(InvalidInput, match=r"hooks\.Stop is not a list"):
        append('{"hooks": {"Stop": {}}}', ("hooks", "Stop"), 1)


# --- TOML ----------------------------------------------------------------------------------------

CODEX = """# my settings
model = "gpt-5-codex" # good

[mcp_servers.files]
command = "fs"

[mcp_servers.files.env]
KEY = "x"
"""
TABLE = ("mcp_servers", "remanence")
VALUES = {"command": '/opt/r "x"', "args": ["mcp", "--project", "."]}


def test_a_table_comes_at_the_end_and_goes_again() -> None:
    """To the very bytes that were there."""
    made = put_table(CODEX, TABLE, VALUES)

    assert made.startswith(CODEX)
    assert VALUES == load(made)["mcp_servers"]["remanence"]
    assert CODEX == remove_table(made, TABLE)
    assert "" == remove_table(put_table("", TABLE, VALUES), TABLE)


def test_a_table_that_is_there_is_replaced_with_its_own_sub_tables() -> None:
    """What follows it stays."""
    text = '[mcp_servers.remanence]\ncommand = "old"\n\n[mcp_servers.remanence.env]\nA = "b"\n\n# next\n[tui]\nx = 1\n'

    made = put_table(text, TABLE, VALUES)

    assert {"mcp_servers": {"remanence": VALUES}, "tui": {"x": 1}} == load(made)
    assert {"tui": {"x": 1}} == load(remove_table(made, TABLE))


@pytest.mark.parametrize(
    "text", ['mcp_servers = { remanence = { command = "x" } }\n', 'mcp_servers.remanence.command = "x"\n']
)
def test_a_table_that_is_written_inline_is_left_to_its_owner(text: str) -> None:
    """With the name of what to look at."""
    with pytest.raises(InvalidInput, match=r"mcp_servers\.remanence"):
        put_table(text, TABLE, VALUES)


def test_broken_toml_is_refused() -> None:
    """And told where."""
    with pytest.raises(InvalidInput, match="line 1"):
        put_table("x = = 1\n", TABLE, VALUES)
