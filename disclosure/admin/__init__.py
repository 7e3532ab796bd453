from disclosure.admin import (
    batches,
    circulation,
    columns,
    documents,
    exits,
    gazette,
    library,
    points,
    reports,
    requests,
    transfers,
    watching,
)

__all__ = [
    "batches",
    "circulation",
    "columns",
    "documents",
    "exits",
    "gazette",
    "library",
    "points",
    "reports",
    "requests",
    "transfers",
    "watching",
]
