"""Other words for the same: staff keep them, a search asks for all of them at once."""

from django.db import connection

_GROUPS = """
SELECT terms FROM finding_synonym
WHERE is_active AND EXISTS (SELECT 1 FROM unnest(terms) term WHERE position(term IN %s) > 0)
ORDER BY id
"""


def of(words: list[str]) -> list[list[str]]:
    """For each folded word, itself and what it reads as with a synonym in the place of a part of it.

    An alternative that holds the word itself is left out: whoever finds the word finds it too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [" ".join(words)])
        groups = [row[0] for row in cursor.fetchall()]
    found = []
    for word in words:
        others = [
            word.replace(term, other)
            for group in groups
            for term in group
            if term in word
            for other in group
            if other != term
        ]
        found.append([word, *(other for other in dict.fromkeys(others) if word not in other)])
    return found
