"""Commands that work against a server, by the typed client; nothing heavy is imported."""
