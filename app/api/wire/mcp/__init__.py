"""Pincite as an MCP server, over stdio and streamable HTTP (extra ``mcp``)."""
