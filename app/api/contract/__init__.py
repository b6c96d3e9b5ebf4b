"""What goes over HTTP, as pydantic models: all that a client needs, and nothing heavy."""
