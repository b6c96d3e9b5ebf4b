"""Attacks through documents, and what they cost ordinary ones."""
