"""Abbreviations that are written with a full stop and seldom end a sentence, by language.

Collected by hand, the usual ones of each language. All languages are read at once, since a text does not say
its own: so nothing is listed that is a common word in another of them. What structure tells needs no list
(``sentence_ends``): single letters, tokens with inner stops ("z.B.", "κ.λπ."), and whatever a lower-case word
follows ("etc. and", "usw. im", "itd. w").
"""

from __future__ import annotations

BEFORE_NUMBERS = frozenset(
    """
    no nos fig figs sec ch vol pp pt art para approx est ext
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun

    nr abb abs gem aufl bd bsp kap mrz okt dez rdnr rn tab tel ziff

    chap éd env janv févr avr juil août déc tél al
    núm pág págs cap ene abr ago dic
    num pag pagg gen mag giu lug ott
    fev set out dez
    blz afb hfdst mrt
    kl stk pkt sid

    dn poz ust godz rys str ryc ok
    č čl odst obr písm
    bkz şek çiz
    рис табл стр гл ст разд прил пп тел ок
    мал стор розд дод буд бл
    σελ εικ κεφ παρ αρ άρθ πίν
    გვ ნახ
    पृ क्र
    """.split()
)
"""In order: English; German; French; Spanish; Italian; Portuguese; Dutch; Danish, Norwegian and Swedish;
Polish; Czech; Turkish; Russian; Ukrainian; Greek; Georgian; Hindi. A number follows: elsewhere they are
words, as "no" and "mar"."""

BEFORE_NAMES = frozenset(
    """
    vs cf dr prof mr mrs ms approx dept inc ltd corp

    bzw ca dipl evtl exkl gest ggf hrsg inkl sog tgl vgl zzgl zzt
    av avda aprox
    avv dott sig sigg
    bijv mevr
    inż mgr ul np tzn tzw
    judr mudr phdr nám např tzv napr
    bkz örn doç
    акад асс доц проф им ул пер пл просп наб обл напр см ср ред гр журн изд
    ім вул пров просп обл напр вид
    δρ κα κκ δις περ βλ πρβλ
    դր պրոֆ
    डॉ प्रो श्री रु
    ড ডা মো প্রো
    """.split()
)
"""In order: English; German; Spanish; Italian; Dutch; Polish; Czech and Slovak; Turkish; Russian; Ukrainian;
Greek; Armenian; Hindi; Bengali. A name or another word in upper case may follow."""

TITLES = frozenset(
    """
    st mt gen gov sgt capt rev hon jr sr co ave blvd rd

    fa fr hr hl ing lt

    mme mlle mgr
    sra srta dra ud uds
    spett
    eng exmo exma
    dhr drs
    dl
    sn cad sok mah
    """.split()
)
"""In order: English; German; French; Spanish; Italian; Portuguese; Dutch; Romanian; Turkish. As
``BEFORE_NAMES`` where they begin in upper case."""

SCALES = frozenset("mio mrd tsd tis млн млрд тыс тис".split())
"""German, Czech, Russian, Ukrainian: a noun follows a number with one of these, in German in upper case."""

ORDINAL_FOLLOWS = frozenset("am ab bis seit vom zum zur im beim der die das dem den des jeder jeden".split())
"""German, whose nouns are in upper case: "im 19. Jahrhundert", "der 2. Weltkrieg"."""

UPPER_CASE_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember".split()
)
"""German: "3. Mai". Where months are in lower case, as in Czech, that tells it."""
