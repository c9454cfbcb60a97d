"""The command line: one JSON document out, errors in one line that name the cure, and nothing kept of a bad file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from remanence.language.secrets import find
from remanence.memory import Memory
from remanence.serve.cli import demo

TURNS = [
    {"who": "Ada", "text": "I moved to Rome last week.", "at": "2025-03-04T10:00:00", "session": "c1", "source": "c/1"},
    {"who": "Bo", "text": "How is the food in Rome?", "at": "2025-03-04T10:01:00", "session": "c1", "source": "c/2"},
    {
        "who": "Ada",
        "text": "I am allergic to hazelnuts.",
        "at": "2025-03-04T10:02:00",
        "session": "c1",
        "source": "c/3",
    },
]


def run(*args: str, code: int = 0, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    told = subprocess.run(
        [sys.executable, "-m", "remanence.serve.cli.app", *args],
        capture_output=True, text=True, cwd=cwd, input=stdin, check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore::RuntimeWarning:runpy"},
    )  # fmt: skip
    assert code == told.returncode, (args, told.stdout, told.stderr)
    assert "Traceback" not in told.stderr
    return told


def json_of(*args: str, **knobs: Any) -> Any:
    return json.loads(run(*args, "--json", **knobs).stdout)


@pytest.fixture
def space(tmp_path: Path) -> str:
    """A space with three turns."""
    (tmp_path / "chat.jsonl").write_text("\n".join(map(json.dumps, TURNS)))
    run("import", str(tmp_path / "chat.jsonl"), "--space", str(tmp_path / "my.db"))
    return str(tmp_path / "my.db")


def test_recall_says_what_is_over(space: str, tmp_path: Path) -> None:
    """After a sleep Rome is shown as ended, with what took its place."""
    later = {"who": "Ada", "text": "I moved to Oslo.", "at": "2025-06-01T10:00:00", "session": "c2", "source": "c/4"}
    (tmp_path / "later.jsonl").write_text(json.dumps(later))
    run("import", str(tmp_path / "later.jsonl"), "--space", space)
    run("sleep", "--space", space)

    told = run("recall", "Where does Ada live?", "--space", space).stdout

    assert "home Rome: ended" in told
    assert "now Oslo" in told


def test_recall_prints_the_promised_document(space: str) -> None:
    """Programs depend on these names."""
    told = json_of("recall", "Who moved to Rome?", "-k", "2", "--space", space)

    assert {"hits", "confidence"} == set(told)
    assert {"id", "source", "kind", "text", "who", "at", "session", "score", "why"} == set(told["hits"][0])
    assert ("c/1", "Ada", "turn", "c1") == tuple(told["hits"][0][name] for name in ("source", "who", "kind", "session"))
    assert "2025-03-04T10:00:00+00:00" == told["hits"][0]["at"]
    assert 0 <= told["confidence"] <= 1


def test_context_prints_the_promised_document(space: str) -> None:
    """Text, tokens, sources, confidence."""
    told = json_of("context", "What is Ada allergic to?", "--budget", "200", "--space", space)

    assert {"text", "tokens", "sources", "confidence"} <= set(told)
    assert "c/3" in told["sources"]
    assert "hazelnuts" in told["text"]
    assert 0 < told["tokens"] <= 200


def test_every_verb_works_from_the_shell(space: str, tmp_path: Path) -> None:
    """remember, list, get, update, history, forget, restore, erase, sleep, stats."""
    (id,) = json_of("remember", "I adopted a cat", "--who", "Ada", "--at", "8 May, 2025", "--space", space)["ids"]
    json_of("update", id, "I adopted two cats", "--space", space)
    versions = json_of("history", id, "--space", space)["versions"]
    json_of("forget", id, "--space", space)
    hidden = json_of("list", "--space", space)["items"]
    json_of("restore", id, "--space", space)
    shown = json_of("list", "--newest", "--limit", "1", "--space", space)["items"]
    got = json_of("get", id, "--space", space)
    erased = json_of("erase", id, "--space", space)
    slept = json_of("sleep", "--space", space)
    stats = json_of("stats", "--space", space)

    assert ["I adopted a cat", "I adopted two cats"] == [one["text"] for one in versions]
    assert id not in [one["id"] for one in hidden]
    assert id == shown[0]["id"] == got["id"]
    assert 1 == erased["erased"]
    assert slept["before"] <= slept["after"] or slept["before"] == 3
    assert 3 <= stats["items"]


def _told(export: Path) -> list[Any]:
    """What an export says, without what an import decides for itself: how far it is trusted, and when it was learnt."""
    lines = [json.loads(line) for line in export.read_text("utf-8").splitlines()]
    items = [{k: v for k, v in one["item"].items() if k not in ("trust", "seen")} for one in lines if "item" in one]
    return [*items, *([*one["link"][:6], *one["link"][7:]] for one in lines if "link" in one)]


def test_upkeep_works_from_the_shell(space: str, tmp_path: Path) -> None:
    """doctor, backup, export, import of the export, replay, reembed."""
    assert json_of("doctor", "--deep", "--space", space)["ok"]
    json_of("backup", str(tmp_path / "b.db"), "--space", space)
    run("export", str(tmp_path / "e.jsonl"), "--space", space)
    run("import", str(tmp_path / "e.jsonl"), "--space", str(tmp_path / "c.db"))
    run("export", str(tmp_path / "e2.jsonl"), "--space", str(tmp_path / "c.db"))
    json_of("replay", str(tmp_path / "r.db"), "--space", space)
    json_of("reembed", "hashing:64", "--space", str(tmp_path / "b.db"))
    told = json_of("recall", "Rome", "--space", str(tmp_path / "b.db"), "--embedder", "hashing:64")

    assert _told(tmp_path / "e.jsonl") == _told(tmp_path / "e2.jsonl")
    assert 3 == json_of("stats", "--space", str(tmp_path / "r.db"))["items"]
    assert told["hits"]


def test_recipes_can_be_listed_shown_and_compared() -> None:
    """The cards come from the code."""
    names = [one["name"] for one in json_of("recipes")["recipes"]]
    shown = json_of("recipes", "show", "default")
    compared = json_of("recipes", "diff", "plain", "default")

    assert {"plain", "default", "memorybank", "a_mem", "mem0", "hipporag2"} <= set(names)
    assert {"form", "evolve", "recall", "compose"} == set(shown["stages"])
    assert compared["differences"]


def test_a_comparison_says_first_what_the_two_recipes_are() -> None:
    """Each with the mark that its stages have below."""
    told = run("recipes", "diff", "plain", "mem0").stdout.splitlines()

    assert ["- plain: Keep every turn as it is; recall by a blend of BM25 and cosine."] == told[:1]
    assert told[1].startswith("+ mem0: Facts reconciled")
    assert "form    + extract.facts()" == told[2]


def test_the_demo_shows_a_fact_before_and_after_its_change() -> None:
    """What held stands with its source, what changed is told as changed, and what was never said is not in memory."""
    before, after = ({one["question"]: one for one in part["questions"]} for part in json_of("demo")["chapters"])

    where, earlier, phone = (
        "Where does Lena live?",
        "Where did Lena live in April 2025?",
        "What is Lena's phone number?",
    )
    assert (before[where]["answer"], after[where]["answer"]) == ("Rome", "Oslo")
    assert "moved to Oslo" in after[where]["text"]
    assert after[earlier]["answer"] == "Rome"
    assert after[phone]["answer"] == "not in memory"
    assert after[earlier]["plain"] != after[earlier]["answer"]


def test_the_demo_shows_no_credential() -> None:
    """There is none in what it tells, and one that stands in the space it is run on is hidden."""
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    told = [text for _, _, turns in demo.CHAPTERS for _, _, text in turns]
    told += (files("remanence.serve.cli") / "data" / "demo.jsonl").read_text("utf-8").splitlines()

    with Memory(":memory:", "plain") as memory:
        memory.remember(f"Mara works at {token} now.")
        asked = {"question": "Where does Mara work?", "kind": "", "answer": "", "evidence": ["demo/D1:1"]}
        shown = demo._ask(memory, asked)["shown"]

    assert [] == [text for text in told if find(text)]
    assert "Mara works at [secret: GitHub token] now." in shown


def test_the_demo_does_the_main_job() -> None:
    """Nine months of chats, forty questions, known evidence."""
    told = json_of("demo", "--questions")

    assert 256 == told["turns"]
    assert told["recall_at_10"] > 0.6
    assert told["in_context"] > 0.6


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["recall", "x", "--space", "nowhere.db"], 2, "remanence import"),
        (["recall", "x", "--space", "my.db", "--recipe", "defualt"], 1, "default"),
        (["recall", "x", "--space", "my.db", "--embedder", "statc"], 1, "static"),
        (["get", "nobody", "--space", "my.db"], 1, "NotFound"),
        (["recal", "x"], 2, "recall"),
        (["recall", "x", "--space", "my.db", "--as-of", "soonish"], 1, "soonish"),
        (["recall", "x", "--space", "my.db", "-k", "0"], 1, "1 to 1,000"),
        (["remember", "x", "--at", "never", "--space", "my.db"], 1, "never"),
        (["import", "bad.jsonl", "--space", "my.db"], 1, "line 2"),
        (["import", "empty.json", "--space", "my.db"], 1, "empty"),
        (["backup", "my.db", "--space", "my.db"], 1, "exists"),
    ],
)
def test_errors_are_one_line_that_names_the_cure(space: str, args: list[str], code: int, words: str) -> None:
    """No traceback, the right exit code."""
    folder = Path(space).parent
    (folder / "bad.jsonl").write_text('{"text": "fine", "who": "Ada"}\n{"text": \n{"text": "fine"}\n')
    (folder / "empty.json").write_text("")

    told = run(*args, code=code, cwd=folder)

    assert words in told.stderr
    assert len(told.stderr.strip().splitlines()) <= 6


def test_nothing_of_a_bad_file_is_kept(space: str) -> None:
    """Refused with the line; with --skip-bad the rest is taken and each skipped record is reported."""
    bad = Path(space).parent / "bad.jsonl"
    bad.write_text('{"text": "good one", "source": "b/1"}\n{"text": \n{"text": "good two", "source": "b/2"}\n')

    run("import", str(bad), "--space", space, code=1)
    before = json_of("stats", "--space", space)["items"]
    told = json_of("import", str(bad), "--skip-bad", "--space", space)["imported"][0]

    assert 3 == before
    assert (2, 1) == (told["kept"], len(told["skipped"]))
    assert "line 2" in told["skipped"][0]


def test_a_file_that_says_one_id_twice_keeps_both_texts(space: str) -> None:
    """The last stands, the first is in its history; the import says so."""
    file = Path(space).parent / "edited.jsonl"
    file.write_text("".join(json.dumps({"text": f"Tea is at {at}.", "id": "m1"}) + "\n" for at in ("four", "five")))

    (told,) = json_of("import", str(file), "--space", space)["imported"]

    (item,) = [one for one in json_of("list", "--space", space)["items"] if one["text"].startswith("Tea")]
    versions = json_of("history", item["id"], "--space", space)["versions"]
    assert ["Tea is at four.", "Tea is at five."] == [one["text"] for one in versions]
    assert (1, 1) == (told["kept"], told["updated"])
    assert ["1 message is said anew within this call; what was said before is in its history"] == told["notes"]


def test_the_same_import_again_adds_nothing(space: str) -> None:
    """The importer's own ids are kept."""
    told = json_of("import", str(Path(space).parent / "chat.jsonl"), "--space", space)["imported"][0]

    assert (0, 3) == (told["kept"], told["known"])


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C reaches the programs that a test starts, also where a shell put the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_in_an_import_is_obeyed_and_keeps_what_was_committed(tmp_path: Path) -> None:
    """Exit code 130 with work still to do, and the next run goes on."""
    big = tmp_path / "big.jsonl"
    big.write_text("\n".join(json.dumps({"text": f"turn {i} about herons", "source": f"x/{i}"}) for i in range(60_000)))
    space = str(tmp_path / "my.db")
    child = subprocess.Popen(
        [sys.executable, "-m", "remanence", "import", str(big), "--space", space],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    wal = tmp_path / "my.db-wal"
    while time.monotonic() < deadline and not (wal.exists() and wal.stat().st_size > 1_000_000):
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    kept = json_of("stats", "--space", space)["items"]

    assert "Traceback" not in errors
    assert (130, True) == (child.returncode, "kept" in errors)
    assert 0 < kept < 60_000


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("wait", [0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.25, 0.4])
def test_ctrl_c_while_starting_is_obeyed_in_one_line(wait: float, tmp_path: Path) -> None:
    """Whatever is being loaded when it comes; the command itself waits for its input for ever."""
    code = f"""
import sys
from remanence.serve.cli.start import main
sys.argv = ["remanence", "remember", "--space", {str(tmp_path / "a.db")!r}]
try:
    print("up", flush=True)
    main()
except KeyboardInterrupt as early:
    inside = early.__traceback__.tb_next
    if inside is not None and (inside.tb_next is not None or inside.tb_lineno > main.__code__.co_firstlineno + 2):
        raise  # main let it through, and not before its handler was set
    print("stopped before it began", file=sys.stderr)
    sys.exit(130)
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert "up\n" == child.stdout.readline()
    time.sleep(wait)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)

    assert (130, 1) == (child.returncode, len(errors.strip().splitlines()))
    assert errors.strip().startswith("stopped")


@pytest.mark.parametrize(("verb", "left"), [("recall", False), ("stats", True)])
def test_a_question_ends_at_once_with_all_of_its_answer(verb: str, left: bool, space: str) -> None:
    """What would run when Python takes itself apart does not; after any other command it does."""
    run("remember", *["Ada moved to Rome. " * 500], "--space", space)
    words = ["remanence", verb, *(["Ada"] if verb == "recall" else []), "--json", "--space", space]
    code = (
        f"import atexit, sys; sys.argv = {words!r}\n"
        "atexit.register(sys.stderr.write, 'taken apart')\n"
        "from remanence.serve.cli.start import process\n"
        "process()"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert json.loads(told.stdout)
    assert left == ("taken apart" in told.stderr)


def limited(*words: str) -> subprocess.CompletedProcess[str]:
    """A command that may write files of 60,000 bytes and no larger ones."""
    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        f"sys.argv = {['remanence', *words]!r}\n"
        "runpy.run_module('remanence', run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="needs a limit of file size")


@needs_limits
def test_a_backup_that_does_not_fit_leaves_nothing_beside_it(space: str, tmp_path: Path) -> None:
    """Neither half a copy nor the log of one, which would keep what is erased later; one that a kill left goes too."""
    run("remember", "x" * 90_000, "--space", space)
    left = tmp_path / "b.db.part-wal"
    left.write_bytes(b"of a copy that was killed")

    told = limited("backup", str(tmp_path / "b.db"), "--space", space)

    assert (1, 1) == (told.returncode, len(told.stderr.strip().splitlines()))
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.startswith("b.db")]


@needs_limits
def test_an_export_that_does_not_fit_leaves_the_one_before(space: str, tmp_path: Path) -> None:
    """In one line that names the file, and without half a file beside it; a place that is not there as well."""
    run("remember", "x" * 90_000, "--space", space)
    target = tmp_path / "kept.jsonl"
    target.write_text("before", "utf-8")

    told = limited("export", str(target), "--space", space)
    nowhere = run("export", str(tmp_path / "no" / "x.jsonl"), "--space", space, code=1)

    assert (1, 1) == (told.returncode, len(told.stderr.strip().splitlines()))
    assert told.stderr.startswith("error:")
    assert 1 == len(nowhere.stderr.strip().splitlines())
    assert "before" == target.read_text("utf-8")
    assert [] == [path.name for path in tmp_path.iterdir() if "remanence" in path.name]
    run("export", str(target), "--space", space)
    assert target.read_text("utf-8").startswith('{"remanence":')


def test_numpy_without_its_docstrings_is_whole() -> None:
    """What a question leaves out of numpy are texts: every name and type is there, and sums come out alike."""
    shown = (
        "import numpy\n"
        "places = numpy, numpy.ndarray, numpy.linalg, numpy._core.multiarray, numpy._core.umath, numpy.dtype\n"
        "print([sorted((name, type(getattr(one, name)).__name__) for name in dir(one)"
        " if name != '__doc__' and '_add_new' not in name)"
        " for one in places], numpy.arange(9.0).reshape(3, 3).T @ numpy.ones(3))"
    )
    stripped = "from remanence.serve.cli import start\nstart._without_pages()\n"

    whole, bare = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for code in (shown, f"{stripped}{shown}")
    )
    held = f"{stripped}import numpy\nprint(numpy.dot.__doc__, numpy.ndarray.sum.__doc__)"
    pages = subprocess.run([sys.executable, "-c", held], capture_output=True, text=True, check=True).stdout

    assert whole == bare
    assert "matmul" in whole
    assert "None" in pages


def test_a_question_that_fails_says_so_in_its_exit_code(tmp_path: Path) -> None:
    """Wrong usage is 2, as in every command."""
    words = [sys.executable, "-m", "remanence", "recall", "Ada", "--space", str(tmp_path / "none.db")]

    told = subprocess.run(words, capture_output=True, text=True, check=False)

    assert 2 == told.returncode
    assert "there is no space" in told.stderr


def test_output_cannot_command_the_terminal(space: str) -> None:
    """Escape sequences and direction marks in a memory are shown, not obeyed."""
    run("remember", "--space", space, stdin="red \x1b[31malert\x1b]8;;evil\x07 \u202ereversed")

    told = run("recall", "red alert", "--space", space).stdout

    assert "\x1b" not in told
    assert "\u202e" not in told


def test_help_is_quick_and_light() -> None:
    """`--help` loads no embedder and no arena."""
    code = (
        "import sys; from remanence.serve.cli.app import app; "
        "print([n for n in ('torch', 'remanence.models.static', 'onnxruntime') if n in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == told.stdout.strip()


def test_a_real_history_can_be_imported_and_asked(data: Path, tmp_path: Path) -> None:
    """LoCoMo: 2,760 turns, known by the importer's own ids."""
    space = str(tmp_path / "locomo.db")
    told = json_of("import", str(data / "locomo" / "locomo10_part1.json.gz"), "--space", space)["imported"][0]
    found = json_of("recall", "When did Caroline go to the LGBTQ support group?", "--space", space)

    assert 2_760 == told["kept"]
    assert "conv-26/D1:3" in [hit["source"] for hit in found["hits"]]


def test_the_package_runs_as_a_module() -> None:
    """`python -m remanence` is the same command, for a Python whose scripts are not on the path."""
    told = subprocess.run([sys.executable, "-m", "remanence", "--version"], capture_output=True, text=True, check=True)

    assert told.stdout.startswith("remanence, version")
