"""The JSON objects of the simulated API, as types.

Request handlers build replies of these types, so mypy compares each reply with its type. `openapi.py` derives the
schemas of the OpenAPI document from the same types. A member without `NotRequired` is in every reply.
"""
