"""Small files in every known format, written by the tests, in our own words."""

from __future__ import annotations

import json
from typing import Any

LOCOMO = [
    {
        "sample_id": "conv-7",
        "qa": [{"question": "What broke?", "answer": "the kiln", "evidence": ["D1:1"], "category": 4}],
        "conversation": {
            "speaker_a": "Ann",
            "speaker_b": "Bo",
            "session_2_date_time": "9:05 am on 3 June, 2023",
            "session_2": [{"speaker": "Bo", "dia_id": "D2:1", "text": "Is it fixed?"}],
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [
                {"speaker": "Ann", "dia_id": "D1:1", "text": "The kiln broke."},
                {
                    "speaker": "Bo",
                    "dia_id": "D1:2",
                    "text": "Oh no, look!",
                    "img_url": ["https://example.org/k.jpg"],
                    "blip_caption": "a photo of a cracked kiln",
                    "query": "kiln",
                },
            ],
            "session_3_date_time": "1:00 pm on 4 June, 2023",
        },
        "session_summary": {"session_1_summary": "They spoke of the kiln."},
    }
]

LONGMEMEVAL = [
    {
        "question_id": "q1",
        "question_type": "multi-session",
        "question": "How many cups?",
        "answer": 3,
        "question_date": "2023/05/30 (Tue) 23:40",
        "answer_session_ids": ["answer_a"],
        "haystack_session_ids": ["s9", "answer_a"],
        "haystack_dates": ["2023/05/20 (Sat) 02:21", "2023-05-21T10:00:00"],
        "haystack_sessions": [
            [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi, what is up?"}],
            [
                {"role": "user", "content": "I made three cups.", "has_answer": True},
                {"role": "assistant", "content": ""},
            ],
        ],
    },
    {
        "question_id": "q2",
        "question": "Which dog?",
        "answer": "Biscuit",
        "haystack_session_ids": ["s1"],
        "haystack_dates": ["2023/06/01 (Thu) 08:00"],
        "haystack_sessions": [[{"role": "user", "content": "My dog is Biscuit."}]],
    },
]

BEAM = [
    {
        "batch_number": 1,
        "time_anchor": None,
        "turns": [
            [
                {
                    "role": "user",
                    "id": 0,
                    "time_anchor": "March-15-2024",
                    "index": "1,1",
                    "question_type": "main_question",
                    "content": "Help me plan. ->-> 1,1",
                },
                {"role": "assistant", "id": 1, "content": "Gladly."},
            ],
            [{"role": "user", "id": 2, "content": "Thanks (really ->-> 1,N/A)"}],
        ],
    },
    {
        "batch_number": 2,
        "time_anchor": None,
        "turns": [[{"role": "user", "id": 3, "time_anchor": "April-05-2024", "content": "Next step?"}]],
    },
]


def _node(id: str, parent: str | None, role: str | None, parts: list[Any], **more: Any) -> dict[str, Any]:
    said = None
    if role is not None:
        said = {
            "id": f"m-{id}",
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": 1683554160.5,
            "content": {"content_type": "text", "parts": parts},
            "recipient": "all",
            "metadata": {},
            **more,
        }
    return {"id": id, "message": said, "parent": parent, "children": []}


CHATGPT = [
    {
        "title": "Glaze trouble",
        "create_time": 1683554100.0,
        "update_time": 1683554900.0,
        "conversation_id": "chat-1",
        "current_node": "f",
        "mapping": {
            "root": _node("root", None, None, []),
            "sys": _node("sys", "root", "system", [""]),
            "a": _node("a", "sys", "user", ["My glaze crawls."]),
            "b": _node("b", "a", "assistant", ["First answer, thrown away."]),
            "c": _node("c", "a", "assistant", ["Sponge it first."]),
            "d": _node(
                "d", "c", "assistant", [], content={"content_type": "code", "text": "print(1)"}, recipient="python"
            ),
            "e": _node("e", "d", "tool", [], content={"content_type": "execution_output", "text": "1"}),
            "f": _node(
                "f",
                "e",
                "user",
                [],
                content={
                    "content_type": "multimodal_text",
                    "parts": [
                        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1", "width": 8},
                        "Like this?",
                    ],
                },
            ),
        },
    }
]

CLAUDE = [
    {
        "uuid": "c-1",
        "name": "Kiln manual",
        "created_at": "2024-02-01T10:00:00.000000Z",
        "account": {"uuid": "u"},
        "chat_messages": [
            {
                "uuid": "m-1",
                "text": "Read this.",
                "content": [{"type": "text", "text": "Read this."}],
                "sender": "human",
                "created_at": "2024-02-01T10:00:01.000000Z",
                "attachments": [
                    {
                        "file_name": "manual.txt",
                        "file_type": "txt",
                        "file_size": 21,
                        "extracted_content": "Heat it up very slowly.",
                    }
                ],
                "files": [{"file_name": "photo.png"}],
            },
            {
                "uuid": "m-2",
                "text": "",
                "content": [
                    {"type": "thinking", "thinking": "hidden"},
                    {"type": "tool_use", "name": "search", "input": {"q": "kiln"}},
                    {"type": "text", "text": "It says: slowly."},
                ],
                "sender": "assistant",
                "created_at": "2024-02-01T10:00:09.000000Z",
                "attachments": [],
                "files": [],
            },
        ],
    }
]

MEM0 = {
    "results": [
        {
            "id": "0f1d",
            "memory": "Likes ash glaze",
            "hash": "ab",
            "metadata": {"topic": "pots"},
            "created_at": "2024-07-01T08:00:00-07:00",
            "updated_at": None,
            "user_id": "mara",
            "run_id": "r1",
            "categories": ["hobby"],
        }
    ],
    "relations": [{"source": "mara", "relationship": "teaches_at", "target": "wren street"}],
}

MCP = [
    {"type": "entity", "name": "Mara", "entityType": "person", "observations": ["Speaks Welsh", "Mara has a dog"]},
    {"type": "relation", "from": "Mara", "to": "Wren Street", "relationType": "works_at"},
]

MARKDOWN = """---
title: Pottery notes
author: Mara
date: 2024-02-01
---
Written in winter.

# Glazes
All about glazes.

## Ash
Ash glaze runs.

```
# not a heading
```

Clay
====
Wedge it well.
"""

TRANSCRIPT = """[2023-05-08 13:56] Ann: The kiln broke.
It made a loud noise.
[2023-05-08 13:57] Bo: Oh no!
[2023-05-08 14:01] Ann: Yes.
"""

TEXT = "The kiln is old.\nIt is red.\n\nIt was built in 1962.\n"

ROWS = [
    {"who": "Ann", "text": "The kiln broke.", "at": "2023-05-08T13:56:00Z", "session": "s1", "source": "r1"},
    {"who": "Bo", "text": "Oh no!", "at": "2023-05-08T13:57:00Z", "session": "s1", "source": "r2"},
]


def as_lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _record(uuid: str, kind: str, content: Any, **more: Any) -> dict[str, Any]:
    """One line of a session of Claude Code."""
    about = {"parentUuid": None, "isSidechain": False, "sessionId": "s-1", "cwd": "/home/ann/kiln", "version": "2.1.12"}
    at = f"2026-03-02T10:00:{len(uuid):02d}.000Z"
    return about | {"type": kind, "uuid": uuid, "timestamp": at, "message": {"role": kind, "content": content}} | more


def tool(id: str, name: str, **given: Any) -> dict[str, Any]:
    """A tool call of Claude Code."""
    return {"type": "tool_use", "id": id, "name": name, "input": given}


def result(id: str, content: Any, *, error: bool = False) -> dict[str, Any]:
    """What a tool gave back."""
    return {"type": "tool_result", "tool_use_id": id, "content": content} | ({"is_error": True} if error else {})


CLAUDE_CODE = [
    {"type": "summary", "summary": "The kiln", "leafUuid": "u-9"},
    {"type": "file-history-snapshot", "messageId": "u-1", "snapshot": {}, "isSnapshotUpdate": False},
    _record("u-1", "user", "The kiln program fires too hot.<system-reminder>Be brief.</system-reminder>"),
    _record("u-2", "user", "Caveat: these commands ran locally.", isMeta=True),
    _record("u-3", "assistant", [{"type": "thinking", "thinking": "Hm.", "signature": "x"}]),
    _record(
        "u-4",
        "assistant",
        [{"type": "text", "text": "I will look at the curve."}, tool("t1", "Bash", command="pytest -q")],
    ),
    _record("u-5", "user", [result("t1", "E   assert 1250 == 1060", error=True)], toolUseResult="Error"),
    _record(
        "u-6",
        "assistant",
        [tool("t2", "Edit", file_path="/home/ann/kiln/curve.py", old_string="TOP = 1250", new_string="TOP = 1060")],
    ),
    _record("u-7", "user", [result("t2", "The file was updated.")]),
    _record("u-8", "assistant", [{"type": "text", "text": "Sub-agent at work."}], isSidechain=True),
    {"type": "hologram", "sessionId": "s-1", "uuid": "u-x"},
    _record("u-9", "assistant", [{"type": "text", "text": "The top is 1060 degrees now."}]),
]


def _item(**payload: Any) -> dict[str, Any]:
    """One line of a session of Codex."""
    return {"timestamp": "2026-03-02T10:00:00.000Z", "type": "response_item", "payload": payload}


PATCH = (
    "*** Begin Patch\n*** Update File: curve.py\n-TOP = 1250\n+TOP = 1060\n*** Add File: notes.md\n+hot\n*** End Patch"
)
CODEX = [
    {
        "timestamp": "2026-03-02T10:00:00.000Z",
        "type": "session_meta",
        "payload": {"id": "c-1", "cwd": "/home/ann/kiln", "cli_version": "1.0"},
    },
    _item(type="message", role="developer", content=[{"type": "input_text", "text": "You are a coding agent."}]),
    _item(
        type="message",
        role="user",
        content=[{"type": "input_text", "text": "<environment_context>\n<cwd>/x</cwd>\n</environment_context>"}],
    ),
    _item(type="message", role="user", content=[{"type": "input_text", "text": "The kiln program fires too hot."}]),
    {
        "timestamp": "2026-03-02T10:00:00.000Z",
        "type": "event_msg",
        "payload": {"type": "user_message", "message": "The kiln program fires too hot."},
    },
    _item(type="reasoning", summary=[], encrypted_content="x"),
    _item(type="function_call", name="shell", arguments='{"command": ["bash", "-lc", "pytest -q"]}', call_id="k1"),
    _item(
        type="function_call_output",
        call_id="k1",
        output='{"output": "E assert 1250 == 1060", "metadata": {"exit_code": 1}}',
    ),
    _item(type="custom_tool_call", name="apply_patch", input=PATCH, call_id="k2"),
    _item(type="custom_tool_call_output", call_id="k2", output='{"output": "Success.", "metadata": {"exit_code": 0}}'),
    _item(type="hologram", text="?"),
    _item(type="message", role="assistant", content=[{"type": "output_text", "text": "The top is 1060 degrees now."}]),
]
CURSOR = [
    {
        "role": "user",
        "message": {
            "content": [{"type": "text", "text": "<user_query>\nThe kiln program fires too hot.\n</user_query>"}]
        },
    },
    {
        "role": "assistant",
        "message": {"content": [{"type": "text", "text": "I will look."}, tool("", "Shell", command="pytest -q")]},
    },
    {"role": "assistant", "message": {"content": [tool("", "Write", path="curve.py", contents="TOP = 1060")]}},
    {"role": "assistant", "message": {"content": [{"type": "hologram"}]}},
]
_STATE = {"status": "error", "input": {"command": "pytest -q"}, "error": "E assert 1250 == 1060"}
_WROTE = {
    "status": "completed",
    "input": {"filePath": "curve.py", "oldString": "TOP = 1250", "newString": "TOP = 1060"},
    "output": "ok",
}
OPENCODE = {
    "info": {"id": "ses_1", "directory": "/home/ann/kiln", "title": "kiln"},
    "messages": [
        {
            "info": {"id": "msg_1", "role": "user", "sessionID": "ses_1", "time": {"created": 1772445600000}},
            "parts": [
                {"id": "prt_1", "type": "text", "text": "The kiln program fires too hot."},
                {"id": "prt_2", "type": "text", "text": "Called the Read tool", "synthetic": True},
            ],
        },
        {
            "info": {"id": "msg_2", "role": "assistant", "sessionID": "ses_1", "time": {"created": 1772445601000}},
            "parts": [
                {"id": "prt_3", "type": "step-start"},
                {"id": "prt_4", "type": "tool", "tool": "bash", "callID": "k1", "state": _STATE},
                {"id": "prt_5", "type": "tool", "tool": "edit", "callID": "k2", "state": _WROTE},
                {"id": "prt_6", "type": "hologram"},
                {"id": "prt_7", "type": "text", "text": "The top is 1060 degrees now."},
            ],
        },
    ],
}

SAMPLES: dict[str, tuple[str, str]] = {
    "claude-code": ("s-1.jsonl", as_lines(CLAUDE_CODE)),
    "codex": ("rollout-2026-03-02T10-00-00-c1.jsonl", as_lines(CODEX)),
    "cursor": ("chat.jsonl", as_lines(CURSOR)),
    "opencode": ("export.json", json.dumps(OPENCODE)),
    "locomo": ("locomo10.json", json.dumps(LOCOMO, indent=1)),
    "longmemeval": ("longmemeval_s.json", json.dumps(LONGMEMEVAL)),
    "beam": ("chat.json", json.dumps(BEAM)),
    "chatgpt": ("conversations.json", json.dumps(CHATGPT)),
    "claude": ("conversations.json", json.dumps(CLAUDE)),
    "mem0": ("mem0.json", json.dumps(MEM0)),
    "mcp-memory": ("memory.json", as_lines(MCP)),
    "jsonl": ("talk.jsonl", as_lines(ROWS)),
    "json": ("talk.json", json.dumps({"id": "chat-9", "messages": ROWS})),
    "markdown": ("notes.md", MARKDOWN),
    "text": ("talk.txt", TRANSCRIPT),
}
"""Format -> a usual file name and its text."""
