"""`remanence profile` tells what is known about somebody."""

from __future__ import annotations

import json

from click.testing import CliRunner

from remanence import Memory
from remanence.serve.cli.app import app


def test_the_command_tells_what_holds_and_as_json_what_held(tmp_path):
    """Readable lines, or one document."""
    space = str(tmp_path / "a.db")
    with Memory(space) as memory:
        memory.remember([{"who": "Ann", "text": "rent is 640 a month", "at": "2023-01-10"}])
        memory.remember([{"who": "Ann", "text": "rent went up to 710 a month", "at": "2023-06-10"}])
        memory.sleep()

    told = CliRunner().invoke(app, ["profile", "Ann", "--space", space])
    document = json.loads(CliRunner().invoke(app, ["profile", "Ann", "--space", space, "--json"]).output)

    assert "rent: 710 a month (since 2023-06-10)" in told.output
    assert ["710 a month"] == [one["value"] for one in document["current"]["rent"]]
    assert ["640 a month"] == [one["value"] for one in document["history"]["rent"]]


def test_whoever_is_not_known_is_told_who_is_and_no_name_lists_them(tmp_path):
    space = str(tmp_path / "a.db")
    with Memory(space) as memory:
        memory.remember([{"who": "Ann", "text": "rent is 640 a month", "at": "2023-01-10"}])
        memory.sleep()

    unknown = CliRunner().invoke(app, ["profile", "Bob", "--space", space])
    every = CliRunner().invoke(app, ["profile", "--space", space])
    document = json.loads(CliRunner().invoke(app, ["profile", "--space", space, "--json"]).output)

    assert "nothing is known" in unknown.output
    assert "known here: Ann" in unknown.output
    assert every.output.split() == ["Ann"]
    assert document == {"names": ["Ann"]}
