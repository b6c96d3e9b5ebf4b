"""For tests, ours and a host's: scripted models on loopback and in process."""
