"""For tests, ours and a host's: scripted models, and what every loader, guard and tool must do."""
