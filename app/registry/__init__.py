"""Documents, versions, canonical text, layout, metadata: what ingestion writes and the rest reads."""
