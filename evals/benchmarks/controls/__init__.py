"""Budgets under a race of processes, some of them killed."""
