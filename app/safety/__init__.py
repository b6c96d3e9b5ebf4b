"""Guards: Guardrails validators and the callables the graph is given."""
