"""Tools the graph can call, each registered as a node of its own."""
