"""Answers of a running service, judged on a sample; and how good the limits are that they are held to."""
