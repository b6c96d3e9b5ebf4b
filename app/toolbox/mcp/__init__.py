"""Tools of MCP servers: which servers, what was pinned of them, and how a call is made (extra ``mcp``)."""
