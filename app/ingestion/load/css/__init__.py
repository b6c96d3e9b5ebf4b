"""As much of style sheets as says whether a page's words are seen."""
