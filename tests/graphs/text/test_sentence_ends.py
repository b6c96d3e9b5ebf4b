from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.text.sentence_ends import sentence_ends


def cut(text: str) -> list[str]:
    places = [0, *sentence_ends(text), len(text)]
    return [text[first:last].strip() for first, last in pairwise(places)]


@pytest.mark.parametrize(
    "sentences",
    [
        ("Das geht nicht.", "Österreich hat Regeln.", "Über alles.", "Ist es so?"),
        ("Umowa trwa rok.", "Śruby są tu.", "Żaden kabel."),
        ("Úřad je zavřen.", "Šrouby chybí.", "Čtvrtek je volný."),
        ("Договор действует год.", "Это разрешено?", "Да!", "Ёлка стоит."),
        ("Это ФРГ.", "Потом США."),
        ("So said Ann.", "Use npm.", "Brno won."),
        ("Їжак спить.", "Ґанок новий.", "Єдиний виняток."),
        ("Η τιμή είναι 5 €.", "Επιτρέπεται;", "Ναι.", "Όλα είναι έτοιμα."),
        ("Süre 14 gündür.", "İade serbesttir.", "Şirket açık."),
        ("यह है।", "क्या यह है?", "१४ दिन।"),
        ("এটা আছে।", "কে দেয়?", "গ্রাহক দেয়।"),
        ("هذا مسموح.", "هل هذا مسموح؟", "نعم."),
        ("یہ ہے۔", "کیا یہ ہے؟", "جی ہاں۔"),
        ("זה מותר.", "האם זה מותר?", 'משקלו 5 ק"ג.', "כן."),
        ("Սա է։", "Նա գնաց։", "Այո:", "Ոչ։"),
        ("ይህ ነው።", "አዎ፣ ተፈቅዷል።", "እሺ፡፡", "ሄደ።"),
        ("ეს არის.", "დიახ.", "14 დღე."),
        ("시작됩니다.", "허용됩니까?", "네."),
        ("မိုးရွာသည်။", "ကောင်းပါသည်။", "ဟုတ်။"),
        ("He said no.", "Then he left.", "It weighs 5 kg.", "It needs 230 V.", "The end…", "Really."),
        ("He said “yes.”", "(She did not.)", "*So be it.*", "It was noted.[12]", "Fine."),
        ("Er sagte: „Gut.“", "Dann ging er.", "« Non. »", "Puis il est parti."),
    ],
)
def test_sentences_of_any_script_come_apart(sentences: tuple[str, ...]) -> None:
    assert cut(" ".join(sentences)) == list(sentences)


@pytest.mark.parametrize(
    "sentences",
    [
        ("第一章。", "这允许吗？", "是的！", "版本2.4.1已发布。"),
        ("契約は始まる。", "（はい。）", "終わり。"),
        ("「それは無理です。」と彼は言った。", "次。"),
        ("यह है।", "वह है।"),
    ],
)
def test_marks_of_their_own_need_no_blank(sentences: tuple[str, ...]) -> None:
    assert cut("".join(sentences)) == list(sentences)


@pytest.mark.parametrize(
    "sentence",
    [
        "Am 3. Mai kam z. B. Dr. Müller, d. h. im 19. Jahrhundert, nach Nr. 7 und Abs. 2.",
        "Das kostet 2,5 Mio. Euro und steht in der Hauptstr. 5.",
        "Dne 3. května 2026 přišel Ing. Novák, např. Petr, viz č. 5 a odst. 2.",
        "Dr Nowak, prof. Kowalska i inż. A. Lis mieszkają przy ul. Długiej, np. Adam.",
        "А. С. Пушкин, т. е. поэт, жил на ул. Ленина, см. рис. 3 и проф. Иванова.",
        "Ο κ. Παπαδόπουλος, π.χ. και η κα. Νικολάου, κ.λπ. βλ. σελ. 12.",
        "डॉ. शर्मा और ए. पी. जे. अब्दुल कलाम आए।",
        "وقع عليه د. أحمد و أ. سعاد.",
        "계약은 2026. 5. 3. 시작됩니다.",
        "Datum: 3. 5. 2026 platí.",
        "El Sr. García de EE. UU. vive en la Av. Bolívar núm. 5.",
        "M. Dupont, Mme. Martin, env. 50, voir art. 5 al. 2.",
        "Dr. Yılmaz, örn. Ali, bkz. Ek ve No. 7.",
        "ดร. สมชาย เริ่ม 3 พ.ค. 2569",
        "“Is it safe?” she asked… and left. . .",
        "«Это возможно?» — спросил он.",
        "The U.S. Army and Acme Inc. Berlin met at 9 a.m. on Jan. 3, e.g. Monday.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_cut(sentence: str) -> None:
    assert cut(sentence) == [sentence]


SOUP = "".join(
    (
        ".!?…‥。।؟۔։;:፡ \n\t\u00a0\"'»«“”„‘()[]{}「」*_`~—–-",
        "1٣१XV",
        "aAßéяЯєאبकक्あ漢한กაἀΩ",
        "\u0301\u200d\ufe0f\u0640",
    )
)


@given(st.one_of(st.text(max_size=200), st.text(SOUP, max_size=200)))
def test_ends_rise_and_leave_something_on_both_sides(text: str) -> None:
    places = [0, *sentence_ends(text), len(text)]
    for first, last in pairwise(places):
        assert first <= last
        assert text[first:last].strip() or len(places) == 2


@given(st.text(SOUP, max_size=60), st.text(SOUP, max_size=60), st.integers(0, 5))
def test_only_the_stretch_asked_for_counts(before: str, text: str, after: int) -> None:
    whole = before + "\n\n" + text + "\n\n" + "x" * after
    start = len(before) + 2
    inside = [place - start for place in sentence_ends(whole, start, start + len(text))]
    assert all(0 < place < len(text) for place in inside)


PIECES = [
    ". ",
    "a.",
    ".)",
    "। ",
    "。」",
    "1. ",
    '." ',
    "A. ",
    ". [1] ",
    ".   ",
    "!\n",
    ".*",
    "..",
    "[1]",
    "ab" * 30 + ". ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_text_alone(piece: str) -> None:
    # What takes the square of the length runs into the time limit of every test.
    text = piece * (400_000 // len(piece))
    assert sum(1 for _ in sentence_ends(text + "End")) <= len(text)
