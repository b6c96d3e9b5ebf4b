"""Keys, tokens and passwords, by the forms their makers document, and by what they are assigned to."""
