"""What each recipe is known for holds in the recipe as it ships, and no more when one stage of it is switched off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from remanence import recipes
from remanence.errors import BadKnob
from remanence.memory.memory import Memory
from remanence.recipes.without import stage_names, without

GARDEN = (
    "The garden beans flower.",
    "Garden tomatoes need water.",
    "The garden soil is dry.",
    "Beans climb the garden fence.",
)
CHAIN = (
    "Nora Quist wrote the opera Silver Tide.",
    "Silver Tide was first staged in Trondheim.",
    "A bakery opened next to the station.",
    "The quarterly report is late again.",
    "Rain is expected in the mountains.",
)
TWICE = ("The harbour museum opens at ten on weekdays.", "The harbour museum opens at ten on weekdays, says Rita.")
Shown = Callable[[Memory], bool]


def talk(memory, *texts, who="Ann", session="1", at="2023-05-08"):
    memory.remember([{"who": who, "text": text, "session": session, "at": at} for text in texts])
    memory.sleep()


def found(memory, cue, k=20):
    return [hit.item for hit in memory.recall(cue, k=k)]


def an_overall_summary_answers(memory):
    talk(memory, "We rented a boat on the lake.")
    talk(memory, "The tax form is due.", session="2", at="2023-05-30")
    return "all" in [item.data.get("of") for item in found(memory, "What happened so far?")]


def day_summaries_answer_for_their_week(memory):
    talk(memory, "We rented a boat on the lake.", at="2023-05-29")
    talk(memory, "What happened last week was fun.", session="0", at="2023-03-02")
    hits = memory.recall("What happened last week?", now="2023-06-05", k=20)
    return any("time" in hit.why and hit.item.data.get("of") == "2023-05-29" for hit in hits)


def a_name_calls_up_its_edges(memory):
    talk(memory, "Ann lives in Rome. Carl lives in Kiel.", who="Bob")
    first = memory.recall("What about Ann?")[0]
    return "edges" in first.why and first.text == "Ann lives in Rome"


def an_edge_that_is_contradicted_ends(memory):
    talk(memory, "Ann lives in Rome.", who="Bob", at="2023-01-01")
    talk(memory, "Ann moved to Oslo.", who="Bob", at="2023-08-01")
    facts = [item.text for item in found(memory, "Where does Ann live?") if item.kind == "fact"]
    return ["Ann moved to Oslo"] == facts


def what_no_word_names_comes_second(memory):
    memory.remember([{"kind": "chunk", "text": text, "source": f"p{n}"} for n, text in enumerate(CHAIN)])
    return CHAIN[1] in [item.text for item in found(memory, "In which town was the work of Nora Quist put on?", 2)]


def a_shared_name_is_walked(memory):
    talk(memory, "In spring Ruth, the carpenter, mended the roof.", session="1")
    talk(memory, "In Leeds everybody knows Ruth.", session="2")
    cue = "Who came after the carpenter mended the roof?"
    return "In Leeds everybody knows Ruth." in [item.text for item in found(memory, cue)]


def a_portrait_answers(memory):
    talk(memory, "I live in Rome. I love chess. I am a nurse.")
    return "persona" in [item.kind for item in found(memory, "What is Ann like: home, likes, job?")]


def an_unsupported_value_leaves_its_scene(memory):
    for who, town in (("Bob", "Rome"), ("Cid", "Rome"), ("Dee", "Rome"), ("Eve", "Oslo")):
        memory.remember({"who": who, "text": f"Ann lives in {town}.", "session": who})
    memory.sleep()
    scenes = memory.list(kinds="scene", limit=0)
    held = {one.id for item in scenes for one in item.evidence}
    towns = {item.id: item.data["value"] for item in memory.list(kinds="fact", limit=0)}
    return bool(scenes) and {"Rome", "Oslo"} == set(towns.values()) and {"Rome"} == {towns[id] for id in held}


def a_fact_brings_its_siblings(memory):
    talk(memory, "I love chess. I like go. I enjoy backgammon.")
    return any(item.kind == "fact" and "backgammon" in item.text for item in found(memory, "chess"))


def only_the_named_time_answers(memory):
    talk(memory, "The vet says our puppy needs a vaccination.", session="1", at="2023-01-10")
    talk(memory, "Our old kitten swallowed a bone and the vet was cross.", session="2", at="2023-06-10")
    texts = " ".join(item.text for item in found(memory, "What did the vet say about our pet in January 2023?"))
    return "puppy" in texts and "kitten" not in texts


def what_comes_to_mind_leads_on(memory):
    talk(
        memory,
        "The lighthouse keeper of Vis keeps bees.",
        "Bees in wicker hives make heather honey.",
        "Heather honey is sold in Split market.",
        "The lighthouse keeper of Vis is old.",
        *(f"The lighthouse keeper of Vis polished lamp number {n}." for n in range(8)),
    )
    return any("honey" in item.text for item in found(memory, "What does the lighthouse keeper of Vis keep?"))


def further_turns_read_the_birthplace(memory):
    talk(
        memory,
        "Mara Lind wrote the novel Glass Harbour.",
        "Glass Harbour was filmed by Tomas Berg.",
        "Tomas Berg was born in Ystad.",
        *(f"The {word} in the kitchen is {n} years old." for n, word in enumerate(("kettle", "table", "stove"))),
    )
    cue = "Where was the director who filmed the novel of Mara Lind born?"
    return "Tomas Berg was born in Ystad." in [item.text for item in found(memory, cue)]


def events_bring_the_events_next_to_them(memory):
    talk(memory, *(f"{GARDEN[n % 4]} That was number {n}." for n in range(40)))
    episodes = {one.id: item.id for item in memory.list(kinds="episode", limit=0) for one in item.evidence}
    return len({episodes[item.id] for item in found(memory, "garden", 100)}) > 4


def events_stand_for_their_words(memory):
    talk(memory, *GARDEN)
    return {"turn"} == {item.kind for item in found(memory, "garden")}


def associated_chats_come_along(memory):
    for n, name in enumerate(("Mia", "Tom", "Kit", "Zoe", "Max", "Leo", "Ida", "Pip", "Ned", "Amy")):
        cat, tax = f"My cat {name} sleeps on the warm stove and eats fish.", f"The tax office wants form {name}."
        memory.remember({"who": "Ann", "text": cat if n % 2 else tax, "session": str(n)})
    memory.sleep()
    texts = [item.text for item in found(memory, "Which cat eats fish on the stove, is it Tom?")]
    return sum("cat" in text for text in texts) > 3 and not any("tax" in text for text in texts)


def a_chat_is_found_that_no_turn_of_it_leads_to(memory):
    talk(memory, *GARDEN)
    told = "Garden beans, tomatoes, soil, fence and water were in the printed report."
    talk(memory, told, "The printer broke.", session="2")
    texts = {item.text for item in found(memory, "garden beans tomatoes soil fence water")}
    return told in texts and set(GARDEN) <= texts


def a_statement_told_twice_is_one(memory):
    for n, text in enumerate(TWICE):
        talk(memory, text, session=str(n))
    shown = [item.text for item in found(memory, "When does the harbour museum open?") if item.kind == "note"]
    return [TWICE[1]] == shown and 2 == len(memory.list(kinds="note", tiers=("archived",), limit=0))


def a_tag_is_enough(memory):
    talk(memory, *(f"Petar sails to Vis on day {n} with the boat." for n in range(6)), session="a")
    talk(memory, "The mooring fee is eleven euros.", session="b")
    cue = "What about the boat Petar that sails to Vis, and the mooring fee?"
    return any("eleven" in item.text for item in found(memory, cue))


def a_theme_brings_its_texts(memory):
    talk(memory, *GARDEN)
    return len([item for item in found(memory, "What do garden tomatoes need?") if item.kind == "turn"]) > 1


def the_same_thought_is_kept_once(memory):
    for day in ("2023-05-08", "2023-05-09"):
        talk(memory, "I live in Rome.", session=day, at=day)
    return 1 == len(memory.list(kinds="fact", limit=0))


def a_scene_answers(memory):
    talk(memory, "I love chess. I love chess with Bob. I love chess on Sundays.")
    return "scene" in [item.kind for item in found(memory, "Does Ann love chess?")]


def the_finer_of_two_copies_leads(memory):
    boat = "The boat Petar needs a new sail."
    memory.remember([{"text": boat, "data": {"bits": 4}}, f"{boat} "])
    return "bits" not in memory.recall("boat Petar sail")[0].item.data


def fading_costs_bits(memory):
    talk(memory, "The boat Petar needs a new sail.")
    memory.clock.tick(days=7)
    memory.sleep()
    return 4 == memory.list(kinds="turn")[0].data.get("bits")


def channel(name):
    def counts(memory):
        talk(memory, "Ann sails the boat Petar to Vis.", "Petar needs a sail.", "The rent is due.", at="2023-05-08")
        hits = memory.recall("Did Ann sail Petar on 8 May 2023?")
        return any(name in channel for hit in hits for channel in hit.why)

    counts.__name__ = f"channel {name}"
    return counts


def an_episode_answers_what_no_note_holds(memory):
    talk(memory, "I work as a nurse. The blue kayak in the shed leaks near the stern.")
    return any("part of" in str(hit.why) for hit in memory.recall("Where does the blue kayak leak?"))


def the_turn_after_a_hit_comes_along(memory):
    asked = "Where did you put the cellar key?"
    told = (
        asked,
        "Under the third flowerpot.",
        "How was work?",
        "Fine, thanks, busy.",
        "The bus was late again today.",
    )
    talk(
        memory, *told, "My shoes are wet.", "We had soup for lunch.", "It was lentil soup with carrots.", "Good night!"
    )
    return "Under the third flowerpot." in [item.text for item in found(memory, asked)]


def what_says_the_same_gives_way(memory):
    rivals = (
        "Rita plants her beans in long rows behind the garden shed.",
        "Beans are planted by Rita.",
        "Garden beans need poles.",
    )
    for n, text in enumerate((*rivals, "The tax form is due.")):
        talk(memory, text, session=str(n))
    order = [item.text for item in found(memory, "Who plants garden beans in rows?")]
    return order.index(rivals[2]) < order.index(rivals[1])


def of_two_alike_the_newer_leads(memory):
    talk(memory, "Swimming is at five on Mondays.", at="2023-01-05")
    talk(memory, "On Fridays we go swimming at six with Lea.", session="2", at="2023-12-20")
    hits = memory.recall("When is swimming at five on Mondays?", now="2023-12-27")
    return "On Fridays we go swimming at six with Lea." == hits[0].text


def the_raw_text_is_judged_whole(memory):
    long = "The greenhouse stands behind the barn. Petra mended its roof with tar on Tuesday."
    talk(memory, long, *(f"The greenhouse behind the barn has {n} panes." for n in range(2, 5)))
    return long == found(memory, "Is the greenhouse behind the barn what Petra mended?")[0].text


def likeness_is_walked(memory):
    alike = "Somebody baked apple cakes with cinnamon and sugar."
    talk(memory, "Aunt Rosalind baked the apple cake with cinnamon on Sunday.", alike, "The rent is due.")
    return alike in [item.text for item in found(memory, "Who is Aunt Rosalind?")]


def when_prefers_what_names_a_day(memory):
    near, dated = (
        "The choir concert in the old church was a choir concert to remember.",
        "The concert was on 3 May 2023.",
    )
    talk(memory, near, dated, at="2023-06-01")
    first = [found(memory, f"{asks} the choir concert in the old church?")[0].text for asks in ("When was", "How was")]
    return [dated, near] == first


def a_question_of_relation_asks_for_names_twice(memory):
    talk(memory, "Ann sails with Bob to Vis.", "Sailing was dry and the sails were dry.", "The rent is due.")
    lead = {}
    for cue in ("With whom did Ann go sailing because of dry sails?", "Did Ann go sailing?"):
        scores = {hit.text: hit.score for hit in memory.recall(cue)}
        lead[cue] = scores["Ann sails with Bob to Vis."] / scores["Sailing was dry and the sails were dry."]
    of_relation, plain = lead.values()
    return of_relation > 1.2 * plain


def what_is_stated_of_the_person_leads(memory):
    stated = "My new flat is in Rome with two cats."
    talk(memory, stated, "The bus is late.", "Tea is hot.", "It rains.")
    return stated == found(memory, "In which city does Ann live now?")[0].text


def only_the_named_person_answers(memory):
    talk(memory, "My favourite drink is green tea with mint.")
    talk(memory, "I mostly drink black coffee.", who="Bob")
    return {"Bob"} == {item.who for item in found(memory, "What is Bob's favourite drink?")}


def what_follows_is_walked(memory):
    memory.remember([{"who": "Ann", "text": text, "session": "1"} for text in CHAIN[2:]])
    return CHAIN[4] in [item.text for item in found(memory, "What came after a bakery opened next to the station?")]


def an_event_is_walked(memory):
    texts = ("The choir rehearsed a hymn.", "The choir sang the hymn.", "The choir hymn was long.", "The hymn ended.")
    talk(memory, *texts)
    paths = [hit.why for hit in memory.recall("Why was a hymn rehearsed by the choir?")]
    return any("part_of" in str(why) for why in paths)


def told(memory, cue="What is planned?", budget=400):
    return [hit.item for hit in memory.context(cue, budget_tokens=budget).hits]


def the_thread_is_told_whatever_is_asked(memory):
    talk(memory, *(f"The boat trip to Vis needs a plan, said {n}." for n in range(9)), "The kettle whistles.")
    return "gist" in [item.data.get("of") for item in told(memory, "kettle")]


def an_early_stretch_is_still_told(memory):
    talk(memory, *(f"The boat trip to Vis needs plan {n}." for n in range(100)))
    talk(memory, *(f"The tax office wants form number {n} by Monday." for n in range(200)))
    summaries = [item.text for item in told(memory, "kettle") if item.kind == "summary"]
    return any("Vis" in text for text in summaries)


def the_last_turns_are_told(memory):
    talk(memory, *(f"The boat trip to Vis needs plan {n}." for n in range(9)), "The kettle whistles.")
    return "The kettle whistles." in [item.text for item in told(memory, "Which boat trip needs a plan?")]


def a_hundred_turns_lose_the_least_salient(memory):
    talk(memory, *(f"The bus of {n} o'clock was late." for n in range(100)))
    return 1 == len(memory.list(kinds="turn", tiers=("archived",), limit=0))


def what_was_recalled_is_spared(memory):
    texts = [f"The bus number {n} was late." for n in range(100)]
    memory.remember([{"who": "Ann", "text": text, "session": "1"} for text in texts[:50]])
    for cue in texts[:5]:
        memory.recall(cue)
    memory.remember([{"who": "Ann", "text": text, "session": "1"} for text in texts[50:]])
    (gone,) = memory.list(kinds="turn", tiers=("archived",), limit=0)
    return gone.text not in texts[:5]


def an_old_note_learns_the_new_name(memory):
    for text in (CONCERT, "After the piano concert in the city hall we met the pianist Yundi."):
        memory.remember(text)
    (old,) = [item for item in memory.list(kinds="note") if item.text == CONCERT]
    return "yundi" in str(old.data["tags"]).lower()


def a_linked_note_comes_along(memory):
    new = "After the piano concert in the city hall we met the pianist Yundi."
    memory.remember([CONCERT, "The dentist appointment is on Tuesday morning.", new])
    return [new, CONCERT] == [item.text for item in found(memory, "Whom did we meet, the pianist?")]


def reading_settles_two_homes(memory):
    talk(memory, "I live in Rome.", at="2023-01-01")
    talk(memory, "I live in Oslo.", session="2", at="2023-06-01")
    memory.recall("Where does Ann live?")
    return 1 == len([item for item in memory.list(kinds="fact", limit=0) if item.data["slot"] == "home"])


def without_evidence_it_is_silent(memory):
    talk(memory, *GARDEN)
    return not memory.recall("Which submarine periscope broke yesteryear?")


def small_talk_reads_nothing(memory):
    talk(memory, "We had breakfast with friends this morning.", "My mother is feeling better.")
    return not memory.recall("Good morning!")


def over_the_budget_more_is_told_in_short(memory):
    long = f"{' '.join(GARDEN)} Then the rain came, and we drank tea with honey and lemon by the stove for hours."
    talk(memory, *(f"In week {n} it was so. {long}" for n in range(6)))
    return len(told(memory, "What is in the garden?", 330)) == 6


def what_is_known_is_no_news(memory):
    for n in range(3):
        talk(memory, "My sister Rita works at the harbour museum in Leeds.", session=str(n), at=f"2023-05-0{n + 1}")
    return 1 == len(memory.list(kinds="note", limit=0))


def an_episode_brings_its_words(memory):
    talk(memory, *GARDEN)
    return "turn" in {item.kind for item in found(memory, "garden tomatoes")}


def what_was_said_twice_is_one_thought(memory):
    for day in ("2024-01-01", "2024-02-01"):
        talk(memory, "The vet says our puppy needs a vaccination.", session=day, at=day)
    return 1 == len(memory.list(kinds="note", limit=0))


def only_thoughts_of_a_shared_tag_answer(memory):
    talk(memory, "My boss gave me a new project at the office.", "I booked a flight to Lisbon for the holiday.")
    return not any("Lisbon" in item.text for item in found(memory, "What did my boss say about my job?"))


def what_was_missed_is_noted_for_the_next_time(memory):
    talk(memory, "I work as a nurse. The blue kayak in the shed leaks near the stern.", "I love chess.")
    memory.recall("Where does the blue kayak leak?")
    return any("kayak" in item.text for item in memory.list(kinds="note", limit=0))


def a_chat_of_three_votes_comes_back(memory):
    talk(memory, *(f"The boat Petar needs {n} new sails." for n in range(3)), "Breakfast was late that day.")
    return "turn" in {item.kind for item in found(memory, "the boat Petar")}


def a_skill_is_found_by_its_sub_goal(memory):
    for text in ("click the blue arrow", "press enter twice"):
        step = {"subgoal": "open the shopping basket", "action": text, "reward": 1}
        memory.remember({"who": "agent", "text": text, "session": "1", "data": step})
    memory.sleep()
    return "skill" in {item.kind for item in found(memory, "How do I open the shopping basket?")}


def only_twenty_turns_are_at_hand(memory):
    talk(memory, *(f"The bus number {n} was late." for n in range(30)))
    return 20 == len(memory.list(kinds="turn", limit=0))


def what_is_never_recalled_fades(memory):
    talk(memory, *GARDEN)
    memory.clock.tick(days=60)
    memory.sleep()
    return not memory.list(kinds="turn", limit=0)


def a_recall_keeps_what_it_recalled(memory):
    talk(memory, *GARDEN)
    for _ in range(60):
        memory.recall("garden tomatoes")
    memory.clock.tick(days=3)
    memory.sleep()
    return 4 == len(memory.list(kinds="turn", limit=0))


def only_the_later_place_is_believed(memory):
    for hour, place in enumerate(("left", "right")):
        memory.remember({"text": f"The sign points {place}.", "at": f"2024-01-01T1{hour}:00"})
    facts = [item.text for item in found(memory, "Where does the sign point?") if item.kind == "fact"]
    return 1 == len(facts) and "right" in facts[0]


def every_place_that_is_possible_is_kept(memory):
    texts = ("The red cube is at shelf one.", "The blue cube is at shelf two.")
    memory.remember(list(texts))
    return "object" in {item.kind for item in memory.list(limit=0)}


CONCERT = "The piano concert in the city hall was wonderful."
CASES: tuple[tuple[str, str, Shown, dict[str, int]], ...] = (
    ("memorybank", "distil.summaries(level='all')", an_overall_summary_answers, {}),
    ("memorybank", "find.time", day_summaries_answer_for_their_week, {}),
    ("mem0_graph", "extract.entities", a_name_calls_up_its_edges, {}),
    ("mem0_graph", "link.about", a_name_calls_up_its_edges, {}),
    ("mem0_graph", "entity_linking.edges", a_name_calls_up_its_edges, {}),
    ("mem0_graph", "reconcile.conflicts", an_edge_that_is_contradicted_ends, {}),
    ("mem0", "reconcile.mem0", an_edge_that_is_contradicted_ends, {}),
    ("hipporag", "expand.pagerank", what_no_word_names_comes_second, {}),
    ("hipporag", "extract.triples", what_no_word_names_comes_second, {}),
    ("hipporag", "entity_linking.names", what_no_word_names_comes_second, {}),
    ("hipporag2", "expand.pagerank", what_no_word_names_comes_second, {}),
    ("hipporag2", "extract.triples", what_no_word_names_comes_second, {}),
    ("adamem", "extract.entities", a_shared_name_is_walked, {"k": 1}),
    ("adamem", "walk.hops", a_shared_name_is_walked, {"k": 1}),
    ("ai_native", "distil.portrait", a_portrait_answers, {}),
    ("ai_native", "extract.facts", a_portrait_answers, {}),
    ("second_me", "distil.portrait", a_portrait_answers, {}),
    ("bi_mem", "distil.portrait", a_portrait_answers, {}),
    ("bi_mem", "calibrate.scenes", an_unsupported_value_leaves_its_scene, {}),
    ("bi_mem", "walk.up_and_down", a_fact_brings_its_siblings, {"k": 1}),
    ("caim", "dated.within", only_the_named_time_answers, {}),
    ("coat", "search_tree.associated", what_comes_to_mind_leads_on, {"k": 4}),
    ("hgmem", "hypergraph.dig_or_explore", further_turns_read_the_birthplace, {"k": 1}),
    ("hgmem", "extract.entities", further_turns_read_the_birthplace, {"k": 1}),
    ("longmemeval", "dated.within", only_the_named_time_answers, {}),
    ("longmemeval", "dated.expand_to_turns", events_stand_for_their_words, {}),
    ("memgas", "dated.expand_to_turns", events_stand_for_their_words, {}),
    ("think_in_memory", "merge.duplicates", the_same_thought_is_kept_once, {}),
    ("memos", "tags.under", channel("tags"), {}),
    ("memos", "find.words", channel("words"), {}),
    ("em_llm", "walk.contiguous", events_bring_the_events_next_to_them, {"k": 4}),
    ("em_llm", "dated.expand_to_turns", events_stand_for_their_words, {}),
    ("memgas", "associate.upper_mode", associated_chats_come_along, {"k": 1}),
    ("memgas", "walk.ranked", associated_chats_come_along, {}),
    ("memgas", "route.by_certainty", a_chat_is_found_that_no_turn_of_it_leads_to, {"k": 1}),
    ("memos", "fuse.similar", a_statement_told_twice_is_one, {}),
    ("plugmem", "fuse.similar", a_statement_told_twice_is_one, {}),
    ("plugmem", "tags.under", a_tag_is_enough, {"k": 5}),
    ("second_me", "walk.up_and_down", a_theme_brings_its_texts, {"k": 1}),
    ("superlocal", "precision.by_retention", fading_costs_bits, {}),
    ("superlocal", "coarse.by_bits", the_finer_of_two_copies_leads, {}),
    ("superlocal", "scenes.by_links", a_scene_answers, {}),
    ("superlocal", "find.entities", channel("entities"), {}),
    ("superlocal", "find.time", channel("time"), {}),
    ("superlocal", "expand.spread", channel("spread"), {}),
    ("superlocal", "hopfield.retrieval", channel("hopfield"), {}),
    ("himem", "segment.episodes", an_episode_answers_what_no_note_holds, {}),
    ("himem", "dated.expand_to_turns", an_episode_answers_what_no_note_holds, {}),
    ("memorybank", "expand.neighbours", the_turn_after_a_hit_comes_along, {}),
    ("memos", "rerank.mmr", what_says_the_same_gives_way, {}),
    ("memos", "score.recency", of_two_alike_the_newer_leads, {}),
    ("hymem", "score.complete", the_raw_text_is_judged_whole, {}),
    ("superlocal", "link.similar", likeness_is_walked, {}),
    ("superlocal", "extract.dates", when_prefers_what_names_a_day, {}),
    ("superlocal", "find.dated", when_prefers_what_names_a_day, {}),
    (
        "superlocal",
        "route.if_asked(find.entities(kinds=('turn', 'fact')), of='relation')",
        a_question_of_relation_asks_for_names_twice,
        {},
    ),
    ("adamem", "find.stated", what_is_stated_of_the_person_leads, {}),
    ("adamem", "extract.facts", what_is_stated_of_the_person_leads, {}),
    ("adamem", "distil.portrait", a_portrait_answers, {}),
    ("adamem", "route.of_participant", only_the_named_person_answers, {}),
    ("adamem", "link.next", what_follows_is_walked, {"k": 1}),
    ("adamem", "segment.episodes", an_event_is_walked, {"k": 1}),
    ("hema", "gist.running", the_thread_is_told_whatever_is_asked, {}),
    ("hema", "gist.overall", an_early_stretch_is_still_told, {}),
    ("hema", "layers.layers", the_last_turns_are_told, {}),
    ("hema", "salience.prune", a_hundred_turns_lose_the_least_salient, {}),
    ("hema", "strengthen.on_use", what_was_recalled_is_spared, {}),
    ("hymem", "dated.expand_to_turns", the_raw_text_is_judged_whole, {}),
    ("himem", "reconcile.conflicts", an_edge_that_is_contradicted_ends, {}),
    ("himem", "promote.on_miss", what_was_missed_is_noted_for_the_next_time, {}),
    ("a_mem", "rewrite.neighbours", an_old_note_learns_the_new_name, {}),
    ("a_mem", "rewrite.neighbours", a_linked_note_comes_along, {"k": 1}),
    ("a_mem", "expand.linked", a_linked_note_comes_along, {"k": 1}),
    ("ama", "reconcile.conflicts", reading_settles_two_homes, {}),
    ("ama", "cascade.evidence_floor", without_evidence_it_is_silent, {}),
    ("scm", "gate.unless_chat", small_talk_reads_nothing, {}),
    ("scm", "ladder.ladder", over_the_budget_more_is_told_in_short, {}),
    ("nemori", "points.only_news", what_is_known_is_no_news, {}),
    ("nemori", "walk.attached", an_episode_brings_its_words, {}),
    ("caim", "gate.unless_chat", small_talk_reads_nothing, {}),
    ("caim", "occasions.merged", what_was_said_twice_is_one_thought, {}),
    ("caim", "tags.sharing", only_thoughts_of_a_shared_tag_answer, {}),
    ("plugmem", "walk.votes", a_chat_of_three_votes_comes_back, {}),
    ("plugmem", "skills.under_subgoals", a_skill_is_found_by_its_sub_goal, {}),
    ("memos", "quota.newest", only_twenty_turns_are_at_hand, {}),
    ("memorybank", "decay.stochastic_forgetting", what_is_never_recalled_fades, {}),
    ("memorybank", "strengthen.on_use", a_recall_keeps_what_it_recalled, {}),
    ("newest", "reconcile.conflicts", only_the_later_place_is_believed, {}),
    ("newest", "fields.fields", only_the_later_place_is_believed, {}),
    ("belief_set", "fields.fields", only_the_later_place_is_believed, {}),
    ("belief_set", "reconcile.conflicts", only_the_later_place_is_believed, {}),
    ("belief_set", "belief.places", every_place_that_is_possible_is_kept, {}),
    ("default", "reconcile.conflicts", reading_settles_two_homes, {}),
)


@pytest.mark.parametrize(
    ("name", "stage", "shown", "knobs"), CASES, ids=[f"{case[0]}-{case[1]}-{case[2].__name__}" for case in CASES]
)
def test_a_recipe_does_what_it_is_known_for_and_not_without_the_stage_that_does_it(composed, name, stage, shown, knobs):
    """The recipe as it ships, at most with fewer hits asked for; the twin is the same without one stage."""
    whole = recipes.get(name, **knobs)

    assert knobs.keys() <= {"k"}
    assert shown(composed(whole))
    assert not shown(composed(without(whole, stage)))


def test_every_recipe_has_a_mechanism_that_can_be_seen_to_fail():
    """All but `plain`, which has none."""
    assert set(recipes.names()) - {"plain"} == {name for name, *_ in CASES}


@pytest.mark.parametrize("name", recipes.names())
def test_any_stage_can_be_switched_off(name):
    """What is left is a recipe that prints without the stage and says so in its name."""
    whole = recipes.get(name)
    for stage in set(stage_names(whole)) - {"find.vectors", "buckets.bucketed"}:
        left = without(whole, stage)

        assert stage not in stage_names(left)
        assert f"{name}~{stage}" == left.name


@pytest.mark.parametrize("name", ["mem0", "scm", "caim"])
def test_the_last_way_of_finding_cannot_go(name):
    """A recipe that finds nothing is none."""
    with pytest.raises(BadKnob, match="nothing would be found"):
        without(recipes.get(name), "find.vectors")


def test_an_unknown_stage_is_answered_with_near_ones():
    """The cure is in the message."""
    with pytest.raises(BadKnob, match=r"no stage 'walk\.hop'; near: walk\.hops"):
        without(recipes.get("adamem"), "walk.hop")
