"""Answers as they were given: store, keeper, verification, cache of drafts."""
