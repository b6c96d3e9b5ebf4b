"""Finding passages: embedder, vector and lexical index, fusion, reranker."""
