"""From a draft to checked citations: pure text in, verdict out."""
