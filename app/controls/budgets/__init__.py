"""What model calls may cost: reserved before each call, settled after it, in a ledger of each tenant."""
