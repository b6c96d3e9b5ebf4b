"""Pincite beside the plain recipes of other frameworks, on the same documents and questions."""
