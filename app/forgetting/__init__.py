"""Taking away for good: a document, a person, a conversation; the proof of it; and days of keeping."""
