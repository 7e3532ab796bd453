from portal.search.models.rows import Kind, Label, SearchRow
from portal.search.models.saved import Mark, SavedSearch, Told
from portal.search.models.wording import Pin, Synonym, Unfound

__all__ = ["Kind", "Label", "Mark", "Pin", "SavedSearch", "SearchRow", "Synonym", "Told", "Unfound"]
