"""``pincite answers``: the stored answers, listed, shown and deleted."""

from __future__ import annotations

import json

from app.answers.store import AnswerStoreError
from app.corpus import Corpus
from app.terminal.record_text import print_answers


def run_answers_list(corpus: Corpus, limit: int, as_json: bool) -> int:
    """Print the newest answers, one line each."""
    corpus.tidy()
    found = corpus.answers.list(limit)
    if not found and not as_json and not corpus.settings.answers.keep:
        print("no stored answers; keeping is off")
        return 0
    return print_answers(found, as_json)


def run_answers_show(corpus: Corpus, name: str, as_json: bool) -> int:
    """Print one answer as ``ask`` would, or as it was released."""
    answer = corpus.answers.get(name)
    if as_json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return 0
    from app.answers.stored_answer import read_answer
    from app.terminal.answer_text import print_answer
    from app.terminal.output import output_console

    print_answer(read_answer(answer), output_console())
    return 0


def run_answers_delete(corpus: Corpus, names: list[str], everything: bool) -> int:
    """Delete the named answers, or all of them; texts of removed documents that only they cited go too."""
    if bool(names) == everything:
        raise AnswerStoreError("name the answers to delete, or all of them with --all, not both")
    if everything:
        print(f"deleted {corpus.answers.clear()} answers")
    else:
        # All names are looked up before the first is deleted: a wrong one deletes nothing.
        for found in [corpus.answers.get(name)["id"] for name in names]:
            print(f"deleted {corpus.answers.delete(found)}")
    corpus.tidy()
    return 0
