"""``pincite forget``: what was taken away, what stays, and the proof."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from app.api.standing import servers_on
from app.corpus import Corpus
from app.forgetting.named import ForgetError
from app.forgetting.proof import Proof, WordLeft, prove
from app.forgetting.rare_words import LEAST_BYTES, words_of
from app.forgetting.report import ForgetReport
from app.terminal.document_text import NotADocumentError
from app.terminal.documents import find_document
from app.terminal.printable import one_line

_MOST_LINES = 20


def run_forget(
    corpus: Corpus,
    document: str | None,
    user: str | None,
    thread: str | None,
    words: Sequence[str],
    as_json: bool,
) -> int:
    """Forget what is named, or finish what was interrupted; with ``words`` only search for them."""
    if words:
        return _prove(corpus, words, as_json)
    if document is None and user is None and thread is None:
        reports = corpus.finish_forgetting()
        if not reports:
            raise ForgetError("name what to forget: --document ID, --user NAME or --thread NAME")
    else:
        named = _document_id(corpus, document) if document is not None else None
        reports = [corpus.forget(document=named, user=user, thread=thread)]
    if as_json:
        print(json.dumps([_data(one) for one in reports], indent=2, ensure_ascii=False))
    else:
        for one in reports:
            print_report(one)
    if user is not None and servers_on(corpus.settings):
        print(
            "pincite: a server runs on this data folder; what it is answering for them is kept after this: "
            "run it again when it is done",
            file=sys.stderr,
        )
    return int(not all(one.done for one in reports))


def run_one(corpus: Corpus, document: str) -> bool:
    """Forget a document, and print its report; whether nothing is left. What ``remove --forget`` does."""
    report = corpus.forget(document=document)
    print_report(report)
    counts = {one.place: one.count for one in report.removed if one.place.endswith(".sqlite")}
    answers, threads = counts.get("answers.sqlite", 0), counts.get("threads.sqlite", 0)
    print(f"forgot {document}: its words in {answers} stored answers, and {threads} conversations")
    return report.done


def print_report(report: ForgetReport) -> None:
    print(one_line(f"forgot {report.kind} {report.name}"))
    for one in report.removed:
        if one.count:
            print(f"  removed   {one.place}: {one.count} {one.what}")
    for line in report.stays:
        print(f"  stays     {line}")
    for line in report.unproven:
        print(f"  unproven  {line}")
    _print_proof(report.proof)


def _prove(corpus: Corpus, words: Sequence[str], as_json: bool) -> int:
    wanted = {word for text in words for word in words_of(text)}
    if not wanted:
        raise ForgetError(
            f"give words of {LEAST_BYTES} or more bytes: shorter ones stand in numbers by chance"
        )
    proof = prove(corpus.settings.home, corpus.settings.tenant, wanted)
    if as_json:
        print(json.dumps(asdict(proof), indent=2, ensure_ascii=False))
    else:
        _print_proof(proof)
    return int(not proof.holds)


def _print_proof(proof: Proof) -> None:
    size = f"{proof.files} files ({proof.size / 1e6:.1f} MB) for {proof.words} words that nothing else has"
    if not proof.words:
        print("  proof     none: it has no word that nothing else has, so nothing could be searched for")
    elif proof.holds:
        print(f"  proof     searched {size}: none is left")
    else:
        print(f"  proof     searched {size}: LEFT")
    for mark, found in (("left", proof.left), ("stays", proof.stays)):
        for one in found[:_MOST_LINES]:
            print(f"  {mark:<8}  {one_line(_place(one))}")
        if len(found) > _MOST_LINES:
            print(f"  {mark:<8}  and {len(found) - _MOST_LINES} more")
    for name in proof.unread:
        print(f"  unread    {one_line(name)} is damaged: only its bytes were searched")


def _place(one: WordLeft) -> str:
    return f"{one.word}: {one.file}, {one.place}{f' ({one.why})' if one.why else ''}"


def _data(report: ForgetReport) -> dict[str, object]:
    return {**asdict(report), "done": report.done}


def _document_id(corpus: Corpus, name: str) -> str:
    """The id of the document that a name stands for; the name itself for one that is gone."""
    try:
        return find_document(corpus, name).doc_id
    except NotADocumentError:
        if corpus.registry.find(name):
            raise
        return name
