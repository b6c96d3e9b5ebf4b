"""What routes and a LangGraph server need of who calls (``app.identity``)."""
