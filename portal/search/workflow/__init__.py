"""What is public can be found; what is withdrawn cannot, from the same moment."""

from portal.search.labels import Place
from portal.search.query import Facet, Filters, Found, Hit, Sort, find, suggest
from portal.search.workflow.index import (
    Wanted,
    hang_under,
    many_coming,
    name_columns,
    put,
    remove,
    show,
    show_all,
)
from portal.search.workflow.reconciling import Difference, Source, reconcile
from portal.search.workflow.saving import follow_column, subscribe, tell_all, unsubscribe
from portal.search.workflow.wording import (
    drop_synonym,
    forget_unfound,
    keep_synonym,
    note_unfound,
    pin,
    unpin,
)

__all__ = [
    "Difference",
    "Facet",
    "Filters",
    "Found",
    "Hit",
    "Place",
    "Sort",
    "Source",
    "Wanted",
    "drop_synonym",
    "find",
    "follow_column",
    "forget_unfound",
    "hang_under",
    "keep_synonym",
    "many_coming",
    "name_columns",
    "note_unfound",
    "pin",
    "put",
    "reconcile",
    "remove",
    "show",
    "show_all",
    "subscribe",
    "suggest",
    "tell_all",
    "unpin",
    "unsubscribe",
]
