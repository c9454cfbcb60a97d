"""Words of which a text must hold one for a pattern to match: most patterns need not be compiled for most questions.

Made by scripts/required_words.py and keyed by the pattern: one that is not here is compiled for any text.
"""

# ruff: noqa: E501 - a table
from __future__ import annotations

from remanence.blake import blake2s


def required(pattern: str) -> frozenset[str]:
    """The words of a pattern; empty when any text may match."""
    return WORDS.get(key(pattern), frozenset())


def key(pattern: str) -> str:
    """A short name of a pattern."""
    return blake2s(pattern.encode(), digest_size=5).hexdigest()


TABLE = """
0525dca069 closed what which
06e3a8c536 many
089c1c91c1 many much
0962b5096d cuánto
0ce3811198 address cities continent countries country hometown location locations place places state states towns venue what where which
10af8718c7 called name named names nickname nicknames title titles
1606f0177b long
1782b493f2 i im me mine my myself our ours us we
1b224cc027 many percent percentage what
1b8a4a324d grams heavy kilograms kilos many weigh weighs weight weights
21e6755ba0 cell handynummer mobile number phone telefonnummer telephone teléfono
22a78b280b overview recap recapitulate summaries summarise summarised summarises summarising summarize summarized summarizes summarizing summary
23363bfa79 what
23bd2c2c56 u ur you your yours yourself
29cafe22b7 many
2a72c41311 c d j l m n qu s t
2ad800d3f4 floor square
2cdfe01932 dosage dose dosis mg ml strength
2f7b123f9e s
300fb7aee8 instead nicht niet no non not pas rather said statt thought was wrote
32158913ca height many meters metres miles
365662362d much
3a692b9d24 how
3ad3c6f128 long often
3cf80722c9 alquiler combien gebühr gehalt miete precio preis stundensatz sueldo tarifa
4026c05247 what
429d8f0f82 depth distance height length width
437221e3d5 also am amn and are aren but can cann could couldn did didn do does doesn don had hadn has hasn have haven is isn might mightn should shouldn so was wasn were weren will willn would wouldn
453324d32f age cuántos how quel what wie
46ad559f2b ago before earlier first former formerly initial initially old original originally past previous previously used
4e3f20a37f bis chi depuis desde für por pour quem qui quién quiénes seit und wem wen wer кто
58673f4b4d all both each list names what who
58bf21bb3d which
642b9de3a6 card member membership reservation
64854c3242 bis depuis desde für por pour seit und was
66c2b6911f or
6864aa638a lang lange tempo temps tiempo
6d5dbc03e8 what
705a9a06ac come reason what why
70c3adda61 week weekday what which wochentag
73a371c920 frequently often times
7591752a9d what which
75eba3b7ac are did do does has have how my the were what when where which who why your
7946206590 brand brands breed breeds color colors colour colours genre genres genress kind kinds kindss name names namess sort sorts sortss style styles title titles type types typess
7a47fcd9b4 bill cost deposit fare hourly monthly price rent salary wage
7e646209e4 hours long many minutes months much weeks years
807d681087 what
86430bb52c code isbn model number numbers part passport policy postcode version
89bd994cb4 much
8b6bbc85ab fast latency quick response timeout
8d1e08e58f kostet
8fbe22a2d5 how
91681ae619 actually nein no nope quite wait wrong
9c47594882 code digits passcode pin platform version what which
9d970db776 i im me mine my myself our ours us we
a1df539f36 cuando cuándo depuis desde pour quand quando seit wann wanneer когда
a21d71570e account case flight frame invoice licence license order plate serial ticket tracking
a602039e7a actor artist author friend person player singer which who whom whose
a70ae791c0 address email mail
ad0266c8b1 apartment flat garden house place plot room
afe86c5d7d did gave given had have made said told were wrote you your
b2697e37f2 are can could did do does had has have is should was were will would
b37308ed7d long many months weeks years
b773a0a6f9 how
b8f0c9016d early exact late time
bcdb843f56 much
be35f20f2c benutzer benutzerin benutzerins benutzers client customer dieser gebruiker nutzer nutzerin nutzerins nutzers this user usuaria usuario usuária usuário utente utilisateur utilisatrice
bf491ad5fa who whom whose
c403095626 am are can could did do does had has have is shall should was were will would
cb58a98cb9 announced asked asking back before booked changed deadline earlier estimate first former formerly going had have her his hoped initially last meant mind my offered old original originally our planned previous previously promised quoted scheduled started supposed switched their until used wanted was were
cdb44f39ae backup database download file image index large repo
d458a403ac birthday deadline from month season since weekend what when which
d5c08e141e much
d7085c9417 bis depuis desde für por pour seit und was
d9749ac6c4 groot hoog oud
d9d1ef4d4d bezahlt combien gekostet wieviel
daae33040a amount deep heavy high how large many much number percentage price score tall total what which
df9e3a54c9 much
e035e9a720 what
e0b8fe477e what
e2b8b7cd58 booking bus gate house platform port reference registration room tram
e3fdb8bd1c all both each every list names
e630721d52 arrival closing departure opening spät start starting viel wieviel
e6c5030953 bis depuis desde für perché por porque pour pourquoi seit und waarom warum weshalb wieso почему
e877e0276a cold how temperature warm
e8d8bc4282 from since until when
eaf2599851 ab adónde an bis de depuis desde dove dónde en et für in onde où por pour seit und waar wo woher wohin где куда
eb4eba45bd address domain link page site url website
ec4f0af23c country place state what where which
efb8b75378 all been each ever every have months order until were what which years
f06e196cc6 disk memory much storage usage
f2178dc247 current currently latest moment now nowadays present still these today
f25854c303 come reason why
f400d14a43 month what when which
f5d0dbbd94 did had used was were
fd3b092729 many
"""

WORDS = {row.split()[0]: frozenset(row.split()[1:]) for row in TABLE.splitlines() if row}
