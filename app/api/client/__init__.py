"""The typed client of ``pincite serve``: pydantic and httpx, and nothing else of the application."""
