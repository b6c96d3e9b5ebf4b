"""What other distributions bring, found by entry points: loaders, guards and tools (docs/extending.md)."""
