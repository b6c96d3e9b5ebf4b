"""Tables of stored documents, queried by SQL: how a query is read, run in memory, and what it rests on."""
