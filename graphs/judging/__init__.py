"""Draft claims become sentences that may be let out: citing applied to stored versions."""
