"""What a tool may do, what its arguments derive from, and whether a call goes ahead: pure."""
