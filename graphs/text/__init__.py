"""Reading text: words, roots, sentences, numbers, dates, units, rows of tables. No model, no store."""
