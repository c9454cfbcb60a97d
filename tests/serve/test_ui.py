"""The web page in a real browser against a real server: what a person sees, presses and hears."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the server's tests need httpx")
pytest.importorskip("fastapi", reason="the server needs the extra serve")

from chromium import Chromium, Page, binary  # noqa: E402
from running import Server  # noqa: E402

from remanence.memory import Memory  # noqa: E402
from remanence.models.hashing import HashingEmbedder  # noqa: E402
from remanence.serve.cli.demo import CHAPTERS  # noqa: E402
from remanence.serve.keys import Keys  # noqa: E402
from remanence.testing import HandClock  # noqa: E402

pytestmark = pytest.mark.skipif(binary() is None, reason="there is no chromium to look at the page with")
PAGES = ("search", "facts", "timeline", "graph", "sleep", "review", "import", "forgotten", "health", "keys")
HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'
    "<iframe srcdoc='<script>parent.hacked=3</script>'></iframe> javascript:hacked=4 &lt;b&gt; ' \" </p>"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Spaces, one of which tells of a woman who moves from Rome to Oslo, as it was learned month by month."""
    folder = tmp_path_factory.mktemp("spaces")
    clock = HandClock(datetime.fromisoformat("2025-03-10T00:00:00+00:00"))
    with Memory(folder / "lena.db", embedder=HashingEmbedder(), clock=clock) as memory:
        for _, now, turns in CHAPTERS:
            clock.now = datetime.fromisoformat(f"{now}T00:00:00+00:00")
            memory.remember([{"who": who, "text": text, "at": at, "session": at} for who, at, text in turns])
            memory.sleep()
    Keys(folder).make("nobody")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    running = Server(folder)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    opened = Chromium()
    yield opened
    opened.close()


class Desk:
    """A tab on one space of the server, and the same space without the page."""

    def __init__(self, server: Server, page: Page, key: str) -> None:
        self.page, self.base = page, str(server.client.base_url).rstrip("/")
        self.client = httpx.Client(
            base_url=f"{self.base}/v1", headers={"Authorization": f"Bearer {key}"}, timeout=120, trust_env=False
        )
        opening = f"if (location.protocol === 'http:') sessionStorage.setItem('remanence-key', '{key}')"
        page.call("Page.addScriptToEvaluateOnNewDocument", source=opening)

    def keep(self, *messages: Any) -> list[str]:
        ids: list[str] = (
            self.client.post("/memories", json={"messages": list(messages)}).raise_for_status().json()["ids"]
        )
        return ids

    def visit(self, place: str) -> Page:
        """Open a view and wait until it is whole."""
        self.page.go("about:blank").go(f"{self.base}/ui/#/{place}")
        self.page.until("document.querySelector('main h1') && !document.querySelector('[aria-busy]')")
        return self.page


@pytest.fixture
def desk(
    server: Server, folder: Path, browser: Chromium, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Desk]]:
    """`desk()` is a tab on an empty space, `desk("lena")` on the one with a story."""
    opened: list[Desk] = []

    def make(space: str = "", width: int = 1280, **how: Any) -> Desk:
        key, _ = Keys(folder).make(space or f"t{len(Keys(folder).list())}-{request.node.name[:40].partition('[')[0]}")
        opened.append(Desk(server, browser.page(width, **how), key))
        return opened[-1]

    yield make
    for one in opened:
        one.client.close()
        one.page.close()


def test_a_search_shows_the_words_that_matched_the_answer_and_why(desk: Callable[..., Desk]) -> None:
    """Typed and sent from the keyboard alone."""
    page = desk("lena").visit("search")

    page.write("searchbox", "Search memory", "what is Lena allergic to?")
    page.press("Enter")

    page.until("document.querySelector('#results ol.items')")
    assert "hazelnuts" in page.js("document.querySelector('.answer .short').textContent")
    assert "allergic" in page.js("[...document.querySelectorAll('#results mark')].map((one) => one.textContent)")
    page.js("document.querySelector('.why summary').click()")
    assert "words" in page.js("document.querySelector('.why dl').innerText")


def test_the_sliders_show_what_was_true_and_what_was_known(desk: Callable[..., Desk]) -> None:
    """In March she lives in Rome; from what was known in March, she still does today."""
    page = desk("lena").visit("facts?name=Lena")
    home = (
        "[...document.querySelectorAll('tbody tr')].filter((row) => row.innerText.startsWith('home'))"
        ".map((row) => `${row.children[1].innerText} ${row.children[2].innerText}`).join()"
    )
    page.until(f"{home} === 'Oslo holds,Rome over'")

    page.focus("slider", "True as of")
    page.press("Home")
    for _ in range(9):
        page.press("ArrowRight")

    moved = "document.getElementById('facts').dataset.asOf.startsWith('2025-03-12')"
    page.until(f"{moved} && {home} === 'Rome holds,Oslo planned'")
    page.press("End")
    page.until(f"{home} === 'Oslo holds,Rome over'")
    page.focus("slider", "Known as of")
    page.press("Home")
    page.until(f"{home} === 'Rome holds'")


def test_a_fact_leads_to_the_words_it_was_made_of(desk: Callable[..., Desk]) -> None:
    """One press shows the turn, marked; the next opens it."""
    page = desk("lena").visit("facts?name=Lena")

    page.click("button", "Source of home: Rome")
    page.until("document.querySelector('dialog[open] mark')?.textContent === 'I live in Rome'")
    page.click("link", "Open this memory")

    page.until("document.querySelector('blockquote.whole mark')?.textContent === 'I live in Rome'")
    assert page.js("document.querySelector('dialog')") is None


def test_erasing_asks_first_and_then_the_memory_is_gone(desk: Callable[..., Desk]) -> None:
    """Cancel leaves it; the other button does not."""
    here = desk()
    [id] = here.keep({"who": "Ada", "text": "The spare key lies under the blue pot."})
    page = here.visit("search?q=spare+key")
    erase = "Erase: The spare key lies under the blue pot."

    page.click("button", erase)
    page.click("button", "Cancel")
    page.until("!document.querySelector('dialog')")
    kept = here.client.get(f"/memories/{id}").status_code
    page.click("button", erase)
    page.click("button", "Erase for good")
    page.sees("Erased 1 memory")

    assert kept == 200
    assert here.client.get(f"/memories/{id}").status_code == 404


def test_what_is_forgotten_can_be_restored(desk: Callable[..., Desk]) -> None:
    """From the list of what was forgotten."""
    here = desk()
    here.keep("The boiler was serviced in May.")
    page = here.visit("search?q=boiler")

    page.click("button", "Forget: The boiler was serviced in May.")
    page.sees("Forgot 1 memory")
    page.until("document.querySelectorAll('.item').length === 0")
    here.visit("forgotten")
    page.click("button", "Restore: The boiler was serviced in May.")

    page.sees("Restored 1 memory")
    page.sees("Nothing is forgotten.")
    assert len(here.client.post("/recall", json={"cue": "boiler"}).json()["hits"]) == 1


def test_a_dropped_file_is_imported_and_its_progress_followed(desk: Callable[..., Desk], tmp_path: Path) -> None:
    """Messages as JSON lines; and a file that cannot be read says why."""
    here = desk()
    file = tmp_path / "chat.jsonl"
    lines = [
        {"role": "user", "content": f"Trip number {number} was long.", "timestamp": "2025-02-01"}
        for number in range(40)
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    page = here.visit("import")

    page.drop(".drop", file)
    page.until("document.querySelector('.work li')?.dataset.state === 'done'")

    assert "40 kept" in page.js("document.querySelector('.work li').innerText")
    assert here.client.get("/stats").json()["kinds"] == {"turn": 40}
    file.write_text("{broken\n")
    page.drop(".drop", file)
    page.until("document.querySelectorAll('.work li')[1]?.dataset.state === 'failed'")


def test_two_memories_that_disagree_are_settled_by_a_person(desk: Callable[..., Desk]) -> None:
    """Replace ends the old one, and nothing is left to review."""
    here = desk()
    [old] = here.keep({"who": "Ada", "text": "The shop opens at nine.", "source": "sign", "at": "2025-01-01"})
    here.keep({"who": "Bob", "text": "The shop opens at ten.", "source": "sign", "at": "2025-02-01"})
    page = here.visit("review")

    page.click("button", "Replace")

    page.sees("No two memories disagree.")
    assert here.client.get(f"/memories/{old}").json()["until"].startswith("2025-02-01")


def test_text_of_a_memory_is_text_and_nothing_else(desk: Callable[..., Desk]) -> None:
    """Markup, scripts and frames in every field of a memory are shown as they were written."""
    here = desk()
    [id] = here.keep({"who": HOSTILE, "text": f"I live in {HOSTILE}", "session": HOSTILE, "source": HOSTILE})
    here.keep({"who": "Eve", "text": f"I live elsewhere, {HOSTILE}", "session": HOSTILE, "source": HOSTILE})
    here.client.post("/sleep").raise_for_status()

    for place in (
        *PAGES,
        "search?q=live+onerror",
        f"item/{id}?start=3&end=30",
        f"graph?id={id}",
        f"facts?name={httpx.QueryParams(x=HOSTILE)}",
    ):
        page = here.visit(place)
        assert page.js("window.hacked") is None, place
        assert page.js("document.querySelectorAll('main :is(img, script, iframe, b), body > script').length") == 0, (
            place
        )
    here.visit(f"item/{id}")
    assert HOSTILE in page.js("document.querySelector('blockquote.whole').textContent")
    assert page.complaints() == []


@pytest.mark.parametrize("width", [400, 1600])
def test_every_view_fits_its_width_has_names_and_asks_no_other_host(desk: Callable[..., Desk], width: int) -> None:
    """No sideways scrolling, names, one heading, contrast in light and dark, no complaint, nothing from elsewhere."""
    here = desk("lena", width, dark=width == 400)
    turn = here.client.get("/memories?kind=turn&limit=1").json()["items"][0]["id"]

    for place in (*PAGES, "search?q=where+does+Lena+live", f"item/{turn}", f"graph?id={turn}&depth=2"):
        page = here.visit(place)
        assert page.js("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, place
        assert [
            role for role, name in page.names() if not name and role not in ("RootWebArea", "main", "scrollable")
        ] == [], place
        assert page.js("document.querySelectorAll('h1').length") == 1, place
        assert page.faint() == [], place

    asked = [url for url in page.requested() if not url.startswith(("data:", "about:"))]
    assert asked
    assert [url for url in asked if not url.startswith(f"{here.base}/")] == []
    assert page.complaints() == []


def test_the_whole_table_of_facts_is_seen_at_any_width(desk: Callable[..., Desk]) -> None:
    """Its last column leads to the sources, and stands in the table, not beside it."""
    here = desk()
    said = {
        "I live in Llanfairpwllgwyngyll and my sister is called Nadia.": "2025-02-20T18:03",
        "I moved to Oslo.": "2025-10-20T18:10",
    }
    for text, at in said.items():
        here.keep({"who": "Mara", "text": text, "at": at})
        with here.client.stream("GET", f"/operations/{here.client.post('/sleep').json()['id']}/events") as events:
            assert list(events.iter_lines())
    page = here.visit("facts?name=Mara")
    page.until("facts.querySelectorAll('.part-history').length")

    for width in (400, 740, 900, 1060, 1160, 1200, 1300, 1360, 1600):
        page.resize(width, 900)
        assert page.js("facts.scrollWidth - facts.clientWidth") <= 0, width


def test_the_page_is_used_without_a_mouse(desk: Callable[..., Desk]) -> None:
    """Keys lead from page to page, along a list, and focus is where the eye is."""
    page = desk("lena").visit("search?q=Lena")
    page.js("document.activeElement.blur()")

    page.press("j")
    first = page.js("document.activeElement.className")
    page.press("?")
    page.until("location.hash === '#/keys' && document.activeElement.matches('h1')")
    page.press("g")
    page.press("t")
    page.until("location.hash === '#/timeline' && document.querySelector('.bars button[aria-pressed=true]')")
    page.press("/")
    page.until("location.hash === '#/search' && document.activeElement.matches('input[type=search]')")
    page.press("Tab")

    assert first == "text"
    assert page.js("document.activeElement.textContent") == "Search"


def test_the_page_asks_for_a_key_and_keeps_it_in_the_tab(server: Server, folder: Path, browser: Chromium) -> None:
    """A wrong key is told so; the right one opens, and closes with the tab."""
    key, _ = Keys(folder).make("keyed")
    page = browser.page().go(f"{server.client.base_url}/ui/#/health")

    page.write("textbox", "Key", "rk_wrong")
    page.press("Enter")
    page.sees("The server does not know this key.")
    page.write("textbox", "Key", key)
    page.press("Enter")
    page.sees("All is well.")

    assert page.js("[localStorage.length, document.cookie]") == [0, ""]
    page.click("button", "Forget the key")
    page.sees("This server answers to keys only.")
    page.close()


def test_sleep_is_followed_and_what_it_formed_is_listed(desk: Callable[..., Desk]) -> None:
    """Pressing the button forms facts, and they are told."""
    here = desk()
    here.keep({"who": "Ada", "text": "I live in Turin.", "at": "2025-01-01"})
    page = here.visit("sleep")

    page.click("button", "Sleep now")

    page.until("document.querySelector('.work').dataset.state === 'done' && document.querySelector('.nights li')")
    assert "fact" in page.js("document.querySelector('.nights').innerText")


def test_the_same_graph_gives_the_same_picture_inside_its_frame(desk: Callable[..., Desk]) -> None:
    """The layout draws no random number."""
    page = desk("lena").visit("graph")
    edges = "Array.from({ length: 40 }, (_, i) => [i % 30, (i * 7) % 30])"
    module = f"import('./layout.js').then((layout) => layout.placed(30, {edges}, 400, 300))"

    spots = page.js(module)

    assert spots == page.js(module)
    assert all(60 <= x <= 340 and 34 <= y <= 266 for x, y in spots)


@pytest.mark.parametrize("width", [400, 1600])
def test_labels_of_the_drawing_do_not_cover_one_another(desk: Callable[..., Desk], width: int) -> None:
    """One that finds no free place is shown when its node is pointed at or focused."""
    page = desk("lena", width=width).visit("graph")

    covered = page.js(
        "(() => { const all = [...document.querySelectorAll('.node text:not(.hushed)')].map((one) =>"
        " one.getBoundingClientRect()); return all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b])).filter("
        "([a, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 6"
        " && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6).length; })()"
    )
    linked = page.js("document.querySelectorAll('.node').length - document.querySelectorAll('.node text').length")

    assert (0, 0) == (covered, linked)
    assert 3 < page.js("document.querySelectorAll('.node text:not(.hushed)').length")


def test_what_matches_much_less_is_folded_away(desk: Callable[..., Desk]) -> None:
    """It is counted and can be unfolded; the keys walk along what can be seen."""
    here = desk()
    here.keep("The spare key lies under the blue pot.", "We had soup.", "It rains in Oslo.", "The train was late.")
    page = here.visit("search?q=where+is+the+spare+key")

    seen = "[...document.querySelectorAll('#results .item')].filter((one) => one.checkVisibility()).length"
    assert 1 == page.js(seen)
    page.sees("1 memory")
    page.press("j")
    page.press("j")
    assert page.js("document.activeElement.innerText").startswith("The spare key")
    page.js("document.querySelector('.weaker summary').click()")
    page.until(f"{seen} === 4")


def test_the_page_is_served_with_a_policy_that_allows_nothing_inline(server: Server) -> None:
    """Every file, without a key; what is none of the page is not there."""
    policy = server.client.get("/ui/").headers["content-security-policy"]
    page = server.client.get("/ui/").text

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page
    assert "style=" not in page
    assert [server.client.get(f"/ui/{name}").status_code for name in ("app.js", "page.css", "icon.svg")] == [200] * 3
    assert [server.client.get(f"/ui/{name}").status_code for name in ("__init__.py", "..%2fapp.py", "keys.json")] == [
        404
    ] * 3
    assert server.client.get("/ui", follow_redirects=False).headers["location"] == "/ui/"


def test_the_command_shows_one_space_to_this_machine(tmp_path: Path) -> None:
    """It says where the page is, serves the file whatever its name, and only the memories of the user it was told."""
    space = tmp_path / "my notes.memory"
    with Memory(space, embedder=HashingEmbedder(), user="ada") as memory:
        memory.remember("The bees winter well.")
    command = ["ui", "--no-browser", "--space", str(space), "--user", "ada", "--embedder", "hashing"]

    with (tmp_path / "said").open("w") as said:
        running = subprocess.Popen([sys.executable, "-m", "remanence", *command], stdout=subprocess.PIPE, stderr=said)
        assert running.stdout is not None
        address = running.stdout.readline().decode().strip()
        with httpx.Client(timeout=120, trust_env=False) as client:
            page = client.get(address).text
            kept = client.get(address.replace("/ui/", "/v1/memories")).json()["items"]
            other = client.get(address.replace("/ui/", "/v1/memories?user=bob")).status_code
        running.terminate()
        running.wait(60)
        running.stdout.close()

    assert address.startswith("http://127.0.0.1:")
    assert "<title>Remanence</title>" in page
    assert [one["text"] for one in kept] == ["The bees winter well."]
    assert other == 403
