from disclosure.admin import (
    batches,
    columns,
    documents,
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
    "columns",
    "documents",
    "gazette",
    "library",
    "points",
    "reports",
    "requests",
    "transfers",
    "watching",
]
