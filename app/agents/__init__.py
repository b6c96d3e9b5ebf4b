"""For agents of others: their answers, checked as ours are."""
