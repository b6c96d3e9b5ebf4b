"""Adding documents as jobs: a queue that outlives a kill, uploads to be resumed, sources by schedule."""
