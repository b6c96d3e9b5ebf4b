"""Model judges, one failure each, and how far people agree with them."""
