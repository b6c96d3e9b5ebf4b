"""Documents as whoever asks may see them: listed, read, shown page by page, changed and deleted."""
