"""Other protocols that the service answers in, one a file or a package: they ask as ``/v1/answers`` does."""
