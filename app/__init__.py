"""The top floor: everything around the graph, from settings and ingestion to the ways in."""
