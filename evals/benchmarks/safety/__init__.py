"""What attacks and ordinary use do to the boundaries."""
