"""Comparing two runs: what got worse beyond chance, and how many items it takes to see it."""
