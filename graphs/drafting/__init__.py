"""What a model is asked and what it answers: request, stream, reading of drafts, memory of drafts."""
