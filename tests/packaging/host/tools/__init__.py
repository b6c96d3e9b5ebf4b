"""A host's own `tools`, as `app`."""

WHOSE = "host"
