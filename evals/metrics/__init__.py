"""What is measured of one item or of many: pure functions, no model."""
