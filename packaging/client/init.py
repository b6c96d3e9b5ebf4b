"""The typed client of a Pincite server."""

from app.api.client.asynchronous import AsyncPinciteClient
from app.api.client.call import ProblemError, UnreachableError
from app.api.client.synchronous import PinciteClient

__all__ = ["AsyncPinciteClient", "PinciteClient", "ProblemError", "UnreachableError"]
