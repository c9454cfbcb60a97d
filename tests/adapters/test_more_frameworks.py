"""Adapters of further frameworks with the real packages; each is skipped where its package is not installed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remanence.memory import Memory

PORT = "The staging server listens on port 8443."


@pytest.fixture
def memory() -> Memory:
    return Memory(":memory:", embedder="hashing", user="ada")


# --- LangChain ---


@pytest.fixture
def langchain() -> Any:
    pytest.importorskip("langchain_core", reason="langchain-core is not installed")
    from remanence.adapters import langchain

    return langchain


def test_langchain_gives_back_the_messages_of_one_chat(langchain: Any, memory: Memory) -> None:
    """Kinds, tool calls and extras survive; another chat is another history; clearing erases this one only."""
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

    call = {"name": "ports", "args": {"host": "staging"}, "id": "c1", "type": "tool_call"}
    said = [
        HumanMessage(PORT, name="ada"),
        AIMessage("", tool_calls=[call]),
        ToolMessage("8443", tool_call_id="c1"),
        AIMessage("Noted."),
    ]
    one, other = (langchain.RemanenceChatHistory(name, memory) for name in ("one", "other"))
    other.add_user_message("Something else.")

    one.add_messages(said)

    assert said == one.messages
    assert said == asyncio.run(one.aget_messages())
    one.clear()
    assert [] == one.messages
    assert ["Something else."] == [message.content for message in other.messages]


def test_langchain_keeps_large_chats_and_recalled_answers(langchain: Any, memory: Memory) -> None:
    """A message of a megabyte, a thousand at once, and a tool's answer that is recalled text come back."""
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

    memory.remember(PORT)
    recalled = memory.context("Which port?").text
    messages = [
        HumanMessage("ü words\n" * 150_000),
        AIMessage("", tool_calls=[{"name": "recall", "args": {}, "id": "c1"}]),
        ToolMessage(recalled, tool_call_id="c1"),
        *(HumanMessage(f"message {n}") for n in range(1_000)),
    ]
    chat = langchain.RemanenceChatHistory("one", memory)

    chat.add_messages(messages)

    assert [one.content for one in messages] == [one.content for one in chat.messages]
    assert "c1" == chat.messages[2].tool_call_id
    chat.clear()
    assert [] == chat.messages


def test_langchain_history_runs_in_a_chain(langchain: Any, memory: Memory) -> None:
    """`RunnableWithMessageHistory` reads and writes it."""
    from langchain_core.runnables import RunnableLambda
    from langchain_core.runnables.history import RunnableWithMessageHistory

    echo = RunnableLambda(lambda messages: f"{len(messages)} so far")
    chain = RunnableWithMessageHistory(echo, lambda session_id: langchain.RemanenceChatHistory(session_id, memory))
    config = {"configurable": {"session_id": "one"}}

    chain.invoke("hello", config)

    assert "3 so far" == chain.invoke("again", config)


def test_langchain_retrieves_documents(langchain: Any, memory: Memory) -> None:
    """With source, speaker, time and score; filters narrow them."""
    memory.remember([{"who": "Ann", "text": PORT, "at": "2026-03-02", "source": "m-1"}, "The kiln is hot."])
    retriever = langchain.RemanenceRetriever(memory=memory, k=1)

    (found,) = retriever.invoke("Which port does the staging server use?")

    assert (PORT, "m-1", "Ann") == (found.page_content, found.metadata["source"], found.metadata["who"])
    assert 0 < found.metadata["score"] <= 1
    assert [found] == asyncio.run(retriever.ainvoke("Which port does the staging server use?"))
    narrow = langchain.RemanenceRetriever(memory=memory, filters={"who": "Bo"})
    assert [] == narrow.invoke("Which port?")


# --- LlamaIndex ---


@pytest.fixture
def llama() -> Any:
    pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")
    from remanence.adapters import llama_index

    return llama_index


def test_llama_index_block_keeps_what_leaves_and_tells_what_bears(llama: Any, memory: Memory) -> None:
    """Inside the framework's own memory, whose short-term part is full."""
    from llama_index.core.llms import ChatMessage
    from llama_index.core.memory import Memory as Chat

    async def talk() -> str:
        block = llama.RemanenceMemoryBlock(memory=memory)
        small = {"token_limit": 60, "chat_history_token_ratio": 0.5, "token_flush_size": 20}
        chat = Chat.from_defaults(session_id="s", memory_blocks=[block], insert_method="user", **small)
        await chat.aput(ChatMessage(role="user", content=PORT))
        await chat.aput(ChatMessage(role="assistant", content="I noted the port of it. " * 8))
        await chat.aput(ChatMessage(role="user", content="And which port does the staging server use?"))
        return str(await block.aget([ChatMessage(role="user", content="Which port does the staging server use?")]))

    told = asyncio.run(talk())

    assert "8443" in told
    assert "s" in {item.session for item in memory.list(limit=0)}
    assert "" == asyncio.run(llama.RemanenceMemoryBlock(memory=memory).aget([]))


def test_llama_index_retrieves_nodes(llama: Any, memory: Memory) -> None:
    """With scores, source and speaker."""
    memory.remember([{"who": "Ann", "text": PORT, "source": "m-1"}, "The kiln is hot."])

    (found,) = llama.RemanenceRetriever(memory, k=1).retrieve("Which port does the staging server use?")

    assert (PORT, "m-1") == (found.node.get_content(), found.node.metadata["source"])
    assert 0 < found.score <= 1


# --- AutoGen ---


def test_autogen_memory_joins_the_context_of_a_model(memory: Memory) -> None:
    """What is added is found by query and told before a call; clearing erases it."""
    pytest.importorskip("autogen_core", reason="autogen-core is not installed")
    from autogen_core.memory import MemoryContent
    from autogen_core.model_context import UnboundedChatCompletionContext
    from autogen_core.models import UserMessage

    from remanence.adapters.autogen import RemanenceMemory

    async def talk() -> tuple[Any, ...]:
        mine = RemanenceMemory(memory)
        context = UnboundedChatCompletionContext()
        await mine.add(MemoryContent(content=PORT, mime_type="text/plain", metadata={"who": "Ann", "team": "kiln"}))
        await context.add_message(UserMessage(content="Which port does the staging server use?", source="user"))
        found = await mine.query("staging port")
        told = await mine.update_context(context)
        messages = await context.get_messages()
        await mine.clear()
        left = await mine.query("staging port")
        await mine.close()
        return found, told, messages, left

    found, told, messages, left = asyncio.run(talk())

    assert (PORT, "Ann") == (found.results[0].content, found.results[0].metadata["who"])
    assert [PORT] == [one.content for one in told.memories.results]
    assert "8443" in messages[-1].content
    assert [] == left.results


# --- Google ADK ---


def test_google_adk_keeps_sessions_and_searches_them(memory: Memory) -> None:
    """Event by event, once, and by app and user; an entry can be deleted by its id."""
    pytest.importorskip("google.adk", reason="google-adk is not installed")
    from google.adk.events import Event
    from google.adk.sessions import Session
    from google.genai import types

    from remanence.adapters.google_adk import RemanenceMemory

    def event(author: str, text: str, id: str) -> Any:
        content = types.Content(role="user", parts=[types.Part(text=text), types.Part(text="hm", thought=True)])
        return Event(author=author, content=content, id=id, timestamp=1772445600.0)

    async def talk() -> tuple[Any, ...]:
        service = RemanenceMemory(memory)
        events = [event("user", PORT, "e1"), event("helper", "I noted it.", "e2")]
        session = Session(id="s1", app_name="ops", user_id="ada", events=events)
        await service.add_session_to_memory(session)
        await service.add_session_to_memory(session)
        asked = {"query": "Which port does the staging server use?"}
        found = await service.search_memory(app_name="ops", user_id="ada", **asked)
        other = await service.search_memory(app_name="ops", user_id="bo", **asked)
        app = await service.search_memory(app_name="sales", user_id="ada", **asked)
        await service.delete_memory(app_name="ops", user_id="ada", memory_id=found.memories[0].id)
        left = await service.search_memory(app_name="ops", user_id="ada", **asked)
        return found, other, app, left

    found, other, app, left = asyncio.run(talk())

    texts = [one.content.parts[0].text for one in found.memories]
    assert PORT == texts[0]
    assert 1 == texts.count(PORT)
    assert ("user", "2026-03-02") == (found.memories[0].author, found.memories[0].timestamp[:10])
    assert ([], []) == (other.memories, app.memories)
    assert PORT not in [one.content.parts[0].text for one in left.memories]


# --- Microsoft Agent Framework ---


def test_agent_framework_remembers_runs_and_tells_later_ones(memory: Memory) -> None:
    """Through a real agent with a client that answers from a script."""
    pytest.importorskip("agent_framework", reason="agent-framework-core is not installed")
    from agent_framework import AgentResponse, AgentSession, Message, SessionContext

    from remanence.adapters.agent_framework import RemanenceContextProvider

    async def run(text: str, session_id: str) -> list[Any]:
        provider, session = RemanenceContextProvider(memory), AgentSession(session_id=session_id)
        context = SessionContext(session_id=session_id, input_messages=[Message("user", [text])])
        await provider.before_run(agent=None, session=session, context=context, state={})
        context._response = AgentResponse(messages=[Message("assistant", ["I noted it."])])
        await provider.after_run(agent=None, session=session, context=context, state={})
        return list(context.context_messages.get("remanence", []))

    first = asyncio.run(run(PORT, "one"))
    second = asyncio.run(run("Which port does the staging server use?", "two"))

    assert [] == first
    assert "8443" in second[0].text
    assert {"one", "two"} == {item.session for item in memory.list(kinds="turn", limit=0)}


# --- Pydantic AI ---


def test_pydantic_ai_agents_use_the_tools_and_keep_their_history(memory: Memory) -> None:
    """With the framework's own test model, which calls every tool."""
    pytest.importorskip("pydantic_ai", reason="pydantic-ai is not installed")
    from pydantic_ai import Agent
    from pydantic_ai.models.test import TestModel

    from remanence.adapters.pydantic_ai import RemanenceHistory, memory_tools

    agent = Agent(TestModel(), toolsets=[memory_tools(memory)])
    chat = RemanenceHistory("one", memory)

    first = agent.run_sync(PORT, message_history=chat.messages())
    chat.add(first.new_messages())
    second = agent.run_sync("Which port?", message_history=chat.messages())

    assert first.new_messages() == chat.messages()
    assert len(second.all_messages()) == len(chat.messages()) + len(second.new_messages())
    assert "recall_memory" in str(first.output)
    assert "8443" in memory.context("Which port does the staging server use?").text
    assert [] == RemanenceHistory("other", memory).messages()


def test_pydantic_ai_keeps_large_chats_and_recalled_answers(memory: Memory) -> None:
    """A prompt of a megabyte, a thousand messages, and what the recalling tool gave back."""
    pytest.importorskip("pydantic_ai", reason="pydantic-ai is not installed")
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart

    from remanence.adapters.pydantic_ai import RemanenceHistory

    memory.remember(PORT)
    messages = [
        ModelRequest([UserPromptPart("ü words\n" * 150_000)]),
        ModelResponse([ToolCallPart("recall_memory", {"query": "port"}, "c1")]),
        ModelRequest([ToolReturnPart("recall_memory", memory.context("Which port?").text, "c1")]),
        *(ModelResponse([TextPart(f"message {n}")]) for n in range(1_000)),
    ]
    chat = RemanenceHistory("one", memory)

    chat.add(messages)

    assert [one.parts for one in messages] == [one.parts for one in chat.messages()]


# --- CrewAI ---


def test_crewai_crews_remember_their_tasks_and_are_told_of_earlier_ones(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real crew with a model that answers from a script; nothing leaves the machine."""
    for name in ("CREWAI_DISABLE_TELEMETRY", "OTEL_SDK_DISABLED", "CREWAI_TESTING"):
        monkeypatch.setenv(name, "true")
    pytest.importorskip("crewai", reason="crewai is not installed")
    from crewai import Agent, Crew, Task
    from crewai.llms.base_llm import BaseLLM

    from remanence.adapters.crewai import RemanenceMemory

    asked: list[str] = []

    class Scripted(BaseLLM):  # type: ignore[misc]
        def call(self, messages: Any, *_: Any, **__: Any) -> str:
            asked.append(str(messages))
            return f"Thought: I now can give a great answer\nFinal Answer: {PORT}"

    def run(what: str) -> None:
        agent = Agent(role="Operator", goal="Know the servers", backstory="x", llm=Scripted(model="scripted"))
        task = Task(description=what, expected_output="one sentence", agent=agent)
        Crew(agents=[agent], tasks=[task], memory=RemanenceMemory(memory)).kickoff()

    run("Find out which port the staging server listens on.")
    first = len(asked)
    run("Tell me which port the staging server listens on.")

    assert "8443" not in " ".join(asked[:first])
    assert "8443" in " ".join(asked[first:])
    assert {"assistant"} == {item.data.get("role") for item in memory.list(kinds="note", limit=0)}


def test_crewai_records_have_scopes_categories_and_owners(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every verb of its memory, also through its views, and other things in the space are found beside."""
    for name in ("CREWAI_DISABLE_TELEMETRY", "OTEL_SDK_DISABLED", "CREWAI_TESTING"):
        monkeypatch.setenv(name, "true")
    pytest.importorskip("crewai", reason="crewai is not installed")
    import copy

    from remanence.adapters.crewai import RemanenceMemory

    held = RemanenceMemory(memory)
    memory.remember("The kiln is red.")
    port = held.remember(PORT, "/ops/staging", categories=["ports"], importance=0.9, metadata={"team": "a"})
    held.remember_many(["Production listens on port 443.", "The kiln is fired on Mondays."], "/ops/live")
    secret = held.remember("The staging server's owner is Ann.", "/hr", source="ann", private=True)
    assert port is not None
    assert secret is not None

    def texts(query: str, **given: Any) -> list[str]:
        return [match.record.content for match in held.recall(query, **given)]

    assert PORT == texts("Which port does staging listen on?")[0]
    assert "The kiln is red." in texts("kiln")
    assert {PORT} == set(texts("port", scope="/ops/staging"))
    assert {PORT} == set(texts("port", categories=["ports"]))
    assert secret.content not in texts("owner of staging")
    assert secret.content in texts("owner of staging", source="ann")
    assert PORT == held.scope("/ops").recall("staging port")[0].record.content
    assert {PORT} == {one.record.content for one in held.slice(["/ops/staging"]).recall("staging port")}

    assert (["/hr", "/ops"], ["/ops/live", "/ops/staging"]) == (held.list_scopes(), held.list_scopes("/ops"))
    info = held.info("/ops")
    assert (3, ["ports"], {"ports": 1}) == (info.record_count, info.categories, held.list_categories())
    assert "/ops (3 records)" in held.tree()
    moved = held.update(port.id, "The staging server listens on port 9443.", scope="/ops/live")
    assert (moved.id, 3, []) == (port.id, held.info("/ops/live").record_count, texts("port", scope="/ops/staging"))
    [same] = [one for one in held.list_records() if one.id == port.id]
    assert (0.9, {"team": "a"}, port.created_at) == (same.importance, same.metadata, same.created_at)
    assert 2 == len(memory.history(next(i.id for i in memory.list(kinds="note", limit=0) if "9443" in i.text)))

    assert 1 == held.forget(record_ids=[secret.id])
    assert [] == texts("owner", source="ann", scope="/hr")
    copy.deepcopy(held).remember("A copy keeps the same memory.", "/copies")
    reading = RemanenceMemory(memory, read_only=True, root_scope="/copies")
    assert (None, 1) == (reading.remember("x"), len(reading.list_records()))
    held.reset("/ops")
    assert ["A copy keeps the same memory."] == [one.content for one in held.list_records()]
    assert 1 == memory.count(kinds="turn")
