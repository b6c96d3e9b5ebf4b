"""LangGraph's protocols without its server: assistants, threads, runs, and the newer commands and events."""
