"""Where a finished answer can be seen: metrics, traces, log lines, signed receipts."""
