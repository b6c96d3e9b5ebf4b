"""A host's own `app`: an `import app` in the host must find this one, with Pincite installed beside it."""

WHOSE = "host"
