"""The version of reading text."""

TEXT_VERSION = "2"
"""Raise when what ``units``, ``quantities``, ``dates`` or words give for a text changes
(``tests/graphs/text/test_version.py`` notices). Documents are then cut anew at the next add or sync, and
drafts that were kept are not used again. Vectors are kept by the text they are of, so none becomes wrong.

2: sentences, lists and numbers in words of other languages than English; vowel signs belong to words.
"""
