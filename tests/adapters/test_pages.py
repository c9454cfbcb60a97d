"""The programs on the adapters' page run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "adapters.md").read_text("utf-8")
PARTS = dict(re.findall(r"## ([^\n]+)\n.*?```python\n(.*?)```", PAGE, re.S))
NEEDS = {
    "mem0": "remanence",
    "LangGraph": "langgraph.store.base",
    "OpenAI Agents": "agents",
    "LangChain": "langchain_core",
    "LlamaIndex": "llama_index.core",
    "Pydantic AI": "pydantic_ai",
    "AutoGen": "autogen_core",
    "Google ADK": "google.adk",
    "Microsoft Agent Framework": "agent_framework",
    "CrewAI": "crewai",
}


@pytest.mark.parametrize("name", PARTS)
def test_a_program_of_the_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under thirty lines, and nothing to fill in."""
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")
    pytest.importorskip(NEEDS.get(name, "anthropic.lib.tools"), reason=f"the package of {name} is not installed")
    monkeypatch.chdir(tmp_path)

    exec(compile(PARTS[name], f"adapters.md, {name}", "exec"), {})

    assert PARTS[name].count("\n") < 30
