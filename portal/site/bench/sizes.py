"""How much the bench makes and does, by the name of a size."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Rows in the database of the bench, and how much one turn of a side does."""

    name: str
    cases: int
    documents: int
    pages: int  # requests a turn
    dates: int
    notices: int
    entries: int  # for each of the four writers
    words: int  # searches a turn
    clocks: int  # open ones, all moved by one notice
    recall: int  # substrings looked for when search is checked, besides the words timed

    @property
    def few_documents(self) -> int:
        """What the growth of search is measured from."""
        return min(10_000, self.documents // 2)

    @property
    def few_cases(self) -> int:
        return max(self.cases // 100, 100)


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 300, 200, 2, 200, 20, 3, 3, 300, 10),
        Size("small", 20_000, 10_000, 10, 5_000, 400, 40, 10, 15_000, 60),
        Size("medium", 200_000, 100_000, 20, 20_000, 2_000, 100, 10, 50_000, 200),
        Size("large", 1_000_000, 1_000_000, 40, 20_000, 10_000, 250, 3, 150_000, 40),
    )
}
