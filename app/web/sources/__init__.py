"""What a document says, as a page shows it: structure as its format has it, the cited words lit."""
