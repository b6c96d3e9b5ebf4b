"""Where a run can be seen: LangSmith traces."""
