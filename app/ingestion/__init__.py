"""From files to an index: load, split, embed, store."""
