"""One model call inside a deadline: chains, breaker, what a failure is called."""
