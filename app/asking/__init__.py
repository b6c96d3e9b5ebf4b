"""The opened application."""
