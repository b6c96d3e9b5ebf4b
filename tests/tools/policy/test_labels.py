"""Labels: what derives from two values is no more trusted and no less confidential than either."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.policy.labels import Labels, join_all, read_labels

GROUPS = st.sampled_from(["hr", "board", "sales", "it"])
LABELS = st.builds(
    Labels,
    st.sampled_from(["trusted", "untrusted"]),
    st.frozensets(st.sampled_from(["acme", "other"]), max_size=2),
    st.frozensets(st.frozensets(GROUPS, min_size=1, max_size=3), max_size=3),
).map(lambda one: one.join(one))


@given(LABELS, LABELS, LABELS)
def test_a_join_is_one_of_a_lattice(one: Labels, other: Labels, third: Labels) -> None:
    assert one.join(other) == other.join(one)
    assert one.join(other).join(third) == one.join(other.join(third))
    assert one.join(one) == one
    assert one.join(Labels()) == one


@given(LABELS, LABELS, st.frozensets(GROUPS))
def test_who_may_know_both_may_know_what_derives_from_them_and_nobody_else(
    one: Labels, other: Labels, groups: frozenset[str]
) -> None:
    both = one.known_to("acme", groups) and other.known_to("acme", groups)
    assert one.join(other).known_to("acme", groups) == both


@given(LABELS)
def test_what_is_written_into_a_receipt_reads_as_it_was(labels: Labels) -> None:
    assert read_labels(labels.entry()) == labels


def test_of_nothing_is_trusted_and_public() -> None:
    assert join_all([]) == Labels() == read_labels({})
    assert join_all([]).level == "public"


def test_a_document_of_two_groups_is_open_to_either_and_two_documents_ask_for_both() -> None:
    acme = frozenset({"acme"})
    either = Labels("untrusted", acme, frozenset({frozenset({"hr", "board"})}))
    assert either.known_to("acme", ["board"])
    assert not either.known_to("other", ["board"])
    both = either.join(Labels("untrusted", acme, frozenset({frozenset({"sales"})})))
    assert not both.known_to("acme", ["board"])
    assert both.known_to("acme", ["board", "sales"])
