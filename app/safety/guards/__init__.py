"""Pincite's Guardrails validators, one a file.

They say what they see, in ``metadata["saw"]`` of a failed result, and where (``error_spans``); what is done
about it is the guard's to decide. Guardrails is heavy: import these only where a guard is first asked.
"""
