"""The pages: what people look at, over the same service as the API."""
