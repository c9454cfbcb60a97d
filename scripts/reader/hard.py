"""Questions about made-up talk that its words come near to and do not answer, and their answerable twins.

The same thing in another respect (its price, its colour, with whom), another time, a time that nobody said, a plan for
a fact and a fact for a plan, and what was called off.
"""

from __future__ import annotations

import random

from questions import NEITHER, NO, Asked, Questions
from talk import Said, Turn

_BESIDE: dict[str, str] = {
    "home": "Which street is {s}'s place in {v} on?|Which floor does {s} live on in {v}?"
    "|How much rent does {s} pay in {v}?"
    "|Why did {s} move to {v}?|Who helped {s} move to {v}?|Where did {s} live before {v}?",
    "origin": "When did {s} leave {v}?|What school did {s} go to in {v}?|How many people live in {v}?"
    "|Who in {s}'s family is still in {v}?",
    "employer": "How much does {s} earn at {v}?|Who is {s}'s boss at {v}?|What does {s} do at {v}?"
    "|Why did {s} choose {v}?|Where is the office of {v}?|How long is the contract with {v}?"
    "|Which team is {s} on at {v}?",
    "job": "Where does {s} work as a {v}?|How much does {s} earn as a {v}?|Who trained {s} as a {v}?"
    "|What did {s} do before becoming a {v}?|Which hospital does {s} work at?",
    "boss": "How old is {v}?|Where is {v} from?|What did {v} say about {s}'s work?|How long has {v} been there?",
    "school": "Which subject does {s} study at {v}?|What grade did {s} get at {v}?|Who teaches {s} at {v}?"
    "|How much are the fees at {v}?|Which room is {s}'s class in?",
    "study": "Where does {s} study {v}?|What mark did {s} get in {v}?|Why does {s} study {v}?|Who is {s}'s professor?",
    "partner": "How did {s} meet {v}?|How old is {v}?|What does {v} do for a living?|Where is {v} from?"
    "|Where was the wedding of {s} and {v}?|When is {v}'s birthday?",
    "child": "What school does {s}'s child go to?|How much did the baby weigh?|What is the teacher's name?"
    "|What does {s}'s child want for Christmas?",
    "sibling": "Where does {s}'s sibling live?|What does {s}'s sibling do for a living?|Who is older, {s} or {v}?",
    "friend": "Where did {s} meet {v}?|What does {v} do for a living?|When is {v}'s birthday?|Who is {v} married to?",
    "pet": "What breed is {s}'s pet?|How old is {s}'s pet?|Which vet does {s} go to?|What does {s} feed {v}?"
    "|What colour is {v}?|Who looks after {v} when {s} is away?",
    "vehicle": "What colour is {s}'s {v}?|How much did {s} pay for {v}?|What is the licence plate of {v}?"
    "|Where does {s} park {v}?|Who sold {v} to {s}?|Which garage repairs {v}?",
    "owns": "What colour is {v}?|How much did {v} cost?|Where did {s} buy {v}?|What brand is {v}?|Who gave {s} {v}?",
    "likes": "Who showed {s} {v}?|Where does {s} go for {v}?|Why does {s} like {v}?|What does {s} dislike?"
    "|Which {v} does {s}'s partner prefer?",
    "hobby": "Where does {s} do {v}?|Who taught {s} {v}?|How much does {v} cost {s} a month?"
    "|Which club is {s} in for {v}?"
    "|What did {s} win in {v}?",
    "ability": "Who taught {s} to {v}?|Where did {s} learn to {v}?|How old was {s} then?",
    "speaks": "Where did {s} learn {v}?|Which certificate does {s} have in {v}?|Who teaches {s} {v}?",
    "diet": "Why is {s} {v}?|Which restaurant does {s} like best?|What does {s} have for breakfast?",
    "allergy": "What happens when {s} eats {v}?|Which doctor found the allergy to {v}?|What pills does {s} take?"
    "|Is {s} allergic to penicillin?",
    "health": "Which doctor treats {s} for {v}?|What does {s} take for {v}?|Which hospital was {s} in?"
    "|What is {s}'s blood group?",
    "medication": "What dose of {v} does {s} take?|Who prescribed {v}?|What does {s} take {v} for?"
    "|How often does {s} take {v}?",
    "birthday": "Where is {s}'s birthday party?|What did {s} get for the birthday?|Who is invited to the party?",
    "age": "When is {s}'s birthday?|Where was {s} born?|How tall is {s}?",
    "rent": "Who is {s}'s landlord?|How big is {s}'s flat?|How much is the deposit?|Which floor is the flat on?",
    "salary": "When was {s}'s last raise?|Who decides on {s}'s salary?|How much tax does {s} pay?"
    "|What bonus did {s} get?",
    "price": "Where did {s} buy it?|What discount was there?|Who paid for it?",
    "contact": "What is {s}'s password?|What is {s}'s date of birth?|Which provider is {s} with?",
    "secret": "What is {s}'s phone number?|Who else knows the code?|What is the wifi called?"
    "|What is the PIN of {s}'s card?",
    "appointment": "How long is {v} going to take?|Who comes with {s} to {v}?|What should {s} bring to {v}?"
    "|Which room is {v} in?|How much does {v} cost?",
    "trip": "Which hotel does {s} stay at in {v}?|Who goes to {v} with {s}?|How much was the flight to {v}?"
    "|Which airline does {s} fly to {v} with?|What did {s} eat in {v}?|How long is the trip to {v}?",
    "deadline": "Who set the deadline?|What happens when {s} misses it?|How many pages are needed?",
    "uses": "Which version of {v} does {s} use?|Who set up {v}?|How much does {v} cost?|Which server does {v} run on?"
    "|Why did {s} choose {v}?",
    "working_on": "What budget does {v} have?|Who leads {v}?|Which customer is {v} for?|When must {v} be done?",
    "measure": "What is {s}'s goal?|Who measured it?|What is {s}'s record?",
    "looks": "What size shoes does {s} wear?|Which hairdresser does {s} go to?|What colour are {s}'s eyes?",
    "member": "How much does {s} pay for {v}?|Who leads {v}?|Where does {v} meet?|What day does {v} meet?",
}
"""Questions about the same thing in another respect; none of its patterns of saying answers them."""
_BEFORE: dict[str, str] = {
    "home": "Where did {s} live before?|Where did {s} use to live?|What was {s}'s old city?",
    "employer": "Where did {s} work before?|Who was {s}'s previous employer?|Where did {s} use to work?",
    "job": "What was {s}'s job before?|What did {s} use to do for a living?",
    "boss": "Who was {s}'s boss before?|Who used to be {s}'s boss?",
    "school": "Which school did {s} go to before?|Which school did {s} leave?",
    "partner": "Who was {s} with before?|Who is {s}'s ex?",
    "vehicle": "What did {s} drive before?|What was {s}'s old car?|Which vehicle did {s} use to have?",
    "uses": "What did {s} use before?|Which tool did {s} use originally?",
    "rent": "How much was {s}'s rent before?|What rent did {s} pay at first?",
    "salary": "How much did {s} earn before?|What was {s}'s old salary?",
    "hobby": "What did {s} use to do?|Which hobby did {s} give up?",
    "medication": "What did {s} take before?|Which pills did {s} stop taking?",
    "member": "What did {s} use to be a member of?|Which club did {s} leave?",
    "diet": "What did {s} use to be?|How did {s} eat before?",
    "likes": "What did {s} use to like?",
}
_PLAN: dict[str, str] = {
    "home": "Where is {s} planning to move?|Where is {s} going to live?",
    "employer": "Where is {s} going to work?|Which company will {s} join?",
    "job": "What is {s} going to become?|What is {s} training for?",
    "school": "Which school will {s} go to?|Where is {s} going to study?",
    "study": "What is {s} going to study?",
    "partner": "Whom is {s} going to marry?",
    "pet": "Which animal is {s} going to get?|What pet is {s} planning to adopt?",
    "vehicle": "What is {s} going to buy?|Which car is {s} getting?",
    "owns": "What is {s} going to buy?|What is {s} planning to order?",
    "hobby": "What is {s} going to take up?|What did {s} sign up for?",
    "trip": "Where is {s} going?|Where is {s} planning to travel?",
    "appointment": "What is {s} going to?|What has {s} planned?",
    "uses": "What is {s} planning to switch to?",
    "member": "What is {s} going to join?",
}
_DONE: dict[str, str] = {
    "home": "Did {s} move to {v}?|When did {s} move to {v}?|How does {s} like living in {v}?",
    "employer": "Did {s} join {v}?|When did {s} start at {v}?|How does {s} like the job at {v}?",
    "job": "Did {s} become a {v}?|When did {s} become a {v}?",
    "school": "Did {s} go to {v}?|When did {s} start at {v}?",
    "partner": "Did {s} marry {v}?|When did {s} marry {v}?|How was the wedding with {v}?",
    "pet": "Did {s} get {v}?|When did {s} get {v}?",
    "vehicle": "Did {s} buy {v}?|When did {s} buy {v}?",
    "owns": "Did {s} buy {v}?|When did {s} get {v}?",
    "hobby": "Did {s} take up {v}?|When did {s} start {v}?",
    "trip": "Did {s} go to {v}?|When did {s} go to {v}?|How did {s} like {v}?|What did {s} see in {v}?",
    "appointment": "Did {s} go to {v}?|How was {v}?",
    "uses": "Did {s} switch to {v}?|When did {s} move to {v}?",
}
_YEARS = ("in 2012", "in 2016", "in 2020", "in 1999", "ten years ago", "as a child", "back in school")
_TIMED: dict[str, str] = {
    "home": "Where did {s} live {y}?|Which city was {s} in {y}?",
    "employer": "Where did {s} work {y}?|Who was {s}'s employer {y}?",
    "job": "What was {s}'s job {y}?",
    "vehicle": "What did {s} drive {y}?",
    "partner": "Who was {s} with {y}?",
    "hobby": "Which hobby did {s} have {y}?",
    "rent": "How much was {s}'s rent {y}?",
    "salary": "How much did {s} earn {y}?",
}


_KINDS = {  # first words of a question -> kind of its answer
    "How much": "money",
    "How old": "age",
    "How long": "quantity",
    "How big": "quantity",
    "How tall": "quantity",
    "How many": "age",
    "How often": "time",
    "When": "date",
    "Who": "name",
    "Where": "city",
    "What colour": "colour",
}


def _wanted(form: str) -> tuple[str, str]:
    """The kind of value that a question asks for, and the noun behind its "which" or "what" ("" for none)."""
    kind = next((kind for head, kind in _KINDS.items() if form.startswith(head)), "")
    words = form.replace("?", "").split()
    plain = words[0] in ("Which", "What") and words[1].isalpha() and words[1] not in ("is", "did", "does", "happens")
    noun = words[1] if plain else ""
    if form.startswith(("What is {s}'s ", "What is the ")) and "{v}" not in form:
        noun = " ".join(words[3:]) if words[2] == "{s}'s" else ""
    return kind or "tool", noun


class HardQuestions:
    """A seeded source of hard questions over the same talk as `Questions`."""

    def __init__(self, seed: int, *, unseen: bool = False) -> None:
        self.plain = Questions(seed, unseen=unseen)
        self.talk, self.rng = self.plain.talk, random.Random(seed + 2)

    def asked(self) -> Asked:
        """One question with its passage; about half of them are answered there."""
        way = self.rng.choices(
            [self._beside, self._told_beside, self._earlier, self._planned, self._done, self._other_year],
            [0.24, 0.34, 0.14, 0.1, 0.12, 0.06],
        )[0]
        return way()

    def _beside(self) -> Asked:
        attribute = self.rng.choice([x for x in _BESIDE if x in self.talk.patterns.kinds])
        turn, about, said = self._turn(attribute, "11133ffc")
        return self._of(turn, about, said, _BESIDE[attribute], None)

    def _told_beside(self) -> Asked:
        """The twin of `_beside`: the other respect is told as well, in the same turn or in answer to the question."""
        r, talk = self.rng, self.talk
        attribute = r.choice([x for x in _BESIDE if x in talk.patterns.kinds])
        turn, about, said = self._turn(attribute, "11133ffc")
        form = r.choice(_BESIDE[attribute].split("|"))
        kind, noun = _wanted(form)
        value = talk.value(kind)
        if noun and r.random() < 0.6:
            frame = r.choice(("the {n} is {a}", "{n}: {a}", "{a} is the {n}", "the {n} would be {a}"))
            clause = frame.format(n=noun, a=value)
            glue = r.choice((". ", ", ", " - ", " and "))
            start = len(turn.text) + len(glue) + clause.index(value)
            whole = Turn(turn.who, turn.text + glue + clause, turn.said)
            return self._of(whole, about, said, form, (start, start + len(value)))
        asked = form.replace("{v}", turn.text[slice(*said.value)]).replace("{s}'s", "your")
        if about is not None:
            asked = form.replace("{s}", about).replace("{v}", turn.text[slice(*said.value)])
        for name, you in (("does {s}", "do you"), ("is {s}", "are you"), ("has {s}", "have you"), ("{s}", "you")):
            asked = asked.replace(name, you)
        frame = r.choice(("{a}", "it's {a}", "{a}, I think", "that's {a}", "hmm {a}", "{a} lol", "{a}."))
        start = frame.index("{a}")
        reply = Turn(turn.who, frame.format(a=value))
        lead = [Turn(talk.name(), asked)]
        if r.random() < 0.3:
            lead = [turn, *lead]
        question = form.replace("{v}", turn.text[slice(*said.value)]).replace("{s}", self.plain.called(turn.who, about))
        return self.plain.joined(
            self.plain.styled(question), [*lead, reply], len(lead), (start, start + len(value)), NEITHER
        )

    def _earlier(self) -> Asked:
        """What was before: said in a change or an end, not said in what holds."""
        attribute = self.rng.choice(sorted(_BEFORE))
        turn, about, said = self._turn(attribute, "111ccceee3f")
        over = [one for one in turn.said if one.attribute == attribute and one.modality == "ended"]
        return self._of(turn, about, said, _BEFORE[attribute], over[-1].value if over else None)

    def _planned(self) -> Asked:
        """What is planned, of plans, of plans that are off and of what is so already."""
        attribute = self.rng.choice(sorted(_PLAN))
        turn, about, said = self._turn(attribute, "ppppx1ee" if attribute != "trip" else "ppppx")
        told = said.value if said.modality == "planned" and said.polarity == "affirmed" else None
        return self._of(turn, about, said, _PLAN[attribute], told)

    def _done(self) -> Asked:
        """Whether or when something happened that was planned, wished or called off: no where it was called off."""
        attribute = self.rng.choice(sorted(_DONE))
        turn, about, said = self._turn(attribute, "xxxppw")
        off = said.polarity == "denied"
        forms = _DONE[attribute].split("|")
        form = forms[0] if off and self.rng.random() < 0.7 else self.rng.choice(forms)
        asks = form.startswith("Did")
        return self._of(turn, about, said, form, said.value if off and asks else None, NO if off and asks else NEITHER)

    def _other_year(self) -> Asked:
        attribute = self.rng.choice(sorted(_TIMED))
        turn, about, said = self._turn(attribute, "113f")
        form = self.rng.choice(_TIMED[attribute].split("|")).replace("{y}", self.rng.choice(_YEARS))
        return self._of(turn, about, said, form, None)

    def _turn(self, attribute: str, lines: str) -> tuple[Turn, str | None, Said]:
        """A turn in one of the manners, about whom (None: its speaker), and what it says."""
        r, talk = self.rng, self.talk
        line = r.choice([x for x in lines if x in talk.patterns.lines[attribute]] or ["1"])
        about = self.plain.someone() if line == "3" else None
        clause, said, parts = talk.statement(attribute, line, subject=about)
        if said[0].subject is not None:
            about = parts["s"]
        parts = [(clause, said)]
        if r.random() < 0.4:
            parts += self.plain.others(attribute, r.randint(1, 3))
            r.shuffle(parts)
        turn = talk.turn(talk.name(), parts, line=line)
        return turn, about, next(one for one in turn.said if one.attribute == attribute)

    def _of(
        self, turn: Turn, about: str | None, said: Said, forms: str, answer: tuple[int, int] | None, says: int = NEITHER
    ) -> Asked:
        """The question about that turn, alone or among others of the same talk."""
        r, plain = self.rng, self.plain
        whom, head = plain.called(turn.who, about), ""
        if whom.startswith(("my ", "our ")):
            head = f"{turn.who}: "
        value = turn.text[slice(*said.value)]
        form = r.choice(forms.split("|"))
        question = head + self.talk.fill(form, {"s": whom, "v": value})[0]
        turns, place = [turn], 0
        if r.random() < 0.4:
            cast = [turn.who, self.talk.name(), self.talk.name()]
            before = [self.talk.empty_turn(r.choice(cast)) for _ in range(r.randint(0, 3))]
            after = [self.talk.empty_turn(r.choice(cast)) for _ in range(r.randint(0, 2))]
            turns, place = [*before, turn, *after], len(before)
        return plain.joined(plain.styled(question), turns, place if answer else -1, answer, says)
