"""Answers as they were given, looked at while the service runs: checks, rates, drift, a sample to judge."""
