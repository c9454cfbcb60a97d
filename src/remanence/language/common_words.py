"""Word lists: the words that name nothing, and verbs too common to be part of a name for a thing."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """A set from words with white space between them."""
    return frozenset(words.split())


STOP = listed(
    """a about above after again against all also am an and any are aren't as at be because been before being below
    between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either
    else even ever every few for from further get gets got had hadn't has hasn't have haven't having he he'd he'll he's
    her here here's hers herself him himself his how how's however i i'd i'll i'm i've if in into is isn't it it'd it'll
    it's its itself just let's lets like may me might mine more most much must my myself neither no nor not now of off
    often oh ok okay on once one only onto or other our ours ourselves out over own per perhaps quite rather really
    same shall shan't she she'd she'll she's should shouldn't since so some something still such than that that's the
    their theirs them themselves then there there's these they they'd they'll they're they've thing things this those
    though through thus to too toward towards under until up upon us very via was wasn't we we'd we'll we're we've well
    were weren't what what's whatever when when's where where's whether which while who who's whole whom whose why
    will with within without won't would wouldn't yeah yes yet you you'd you'll you're you've your yours yourself
    yourselves im ive dont didnt doesnt cant wont thats whats isnt youre gonna wanna gotta lot lots bit kind sort
    anything everything nothing someone anyone everyone nobody somebody around away back along across another many
    several already almost always never maybe please thanks thank hey hi hello wow bye etc going"""
)
# Words that name nothing: articles, pronouns, auxiliaries, prepositions, question words, talk fillers.

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
