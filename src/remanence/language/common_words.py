"""Word lists: the words that name nothing, and verbs too common to be part of a name for a thing."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """A set from words with white space between them."""
    return frozenset(words.split())


FUNCTION_WORDS = listed(
    """a about above after again all also am an and any are as at be because been before being below between both
    but by can could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its itself just may me might more most must my myself no nor not now
    of off on once only or other our ours out over own same she should so some such than that the their theirs
    them then there these they this those through to too under until up us very was we were what when where
    which while who whom whose why will with would yes you your yours"""
)
"""Articles, pronouns, auxiliaries, prepositions and question words that name nothing anywhere."""

QUESTION_STOP = FUNCTION_WORDS | listed(
    """against aren cannot couldn d didn doesn don either else ever hadn hasn haven herself himself isn let ll m
    neither ourselves re s shall shouldn t themselves upon ve wasn weren whether within won wouldn yourself
    yourselves"""
)
"""Words that name the form of an answer, not its subject: of a question and of short texts that are compared."""

INDEX_STOP = FUNCTION_WORDS | listed(
    """d didn doesn don get got hasn haven isn let ll m mine much one re really s shouldn t ve wasn weren won
    wouldn"""
)
"""Words that the word index leaves out; recall depends on it to the digit."""

STOP = FUNCTION_WORDS | listed(
    """across against almost along already always another anyone anything aren't around away back bit bye can't
    cannot cant couldn't didn't didnt doesn't doesnt don't dont either else etc even ever every everyone
    everything get gets going gonna got gotta hadn't hasn't haven't he'd he'll he's hello here's herself hey
    hi himself how's however i'd i'll i'm i've im isn't isnt it'd it'll it's ive kind let's lets like lot lots
    many maybe mine much neither never nobody nothing often oh ok okay one onto ourselves per perhaps please
    quite rather really several shall shan't she'd she'll she's shouldn't since somebody someone something
    sort still thank thanks that's thats themselves there's they'd they'll they're they've thing things though
    thus toward towards upon via wanna wasn't we'd we'll we're we've well weren't what's whatever whats when's
    where's whether who's whole within without won't wont wouldn't wow yeah yet you'd you'll you're you've
    youre yourself yourselves"""
)
"""Words that are no part of a phrase or a name: whole contractions and fillers of talk besides."""

VERBS = listed(
    """make makes made making take takes took taken taking go goes went gone come comes came coming see sees saw seen
    seeing know knows knew known think thinks thought thinking want wants wanted need needs needed feel feels felt
    feeling find finds found finding give gives gave given giving tell tells told telling say says said saying ask asks
    asked keep keeps kept keeping help helps helped try tries tried trying use uses used become becomes became look
    looks looked looking seem seems seemed mean means meant hear hears heard sound sounds show shows showed shown put
    puts start starts started starting begin begins began hope hopes hoped love loves loved loving enjoy enjoys
    enjoyed hate hates hated call calls called let guess believe believes remember remembers remembered forget happen
    happens happened happening talk talks talked talking chat chatted work works worked play plays played run runs ran
    bring brings brought buy buys bought pay paid meet meets met learn learns learned leave leaves left live lives
    lived move moved stay stays stayed wait waited read wrote write spend spent lose lost win won build built send sent
    stand stood follow follows followed pass passed appear appears appeared include includes included contain contains
    remain remains remained locate located situate situated publish published create created produce produced direct
    directed perform performed develop developed found founded star starred starring feature features featured serve
    serves served refer refers referred base based write written release released hold holds held can't glad excited
    happy sorry sure able nice great awesome amazing cool good bad best better super such so true right wrong crazy
    proud pretty agree appreciate congrats check checked wish wished miss missed"""
)
