"""What bounds the use of the application: budgets, limits of requests, places and queues, ending in order."""
