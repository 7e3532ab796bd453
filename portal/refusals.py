"""The one exception a workflow raises when a rule forbids what was asked."""


class RuleBroken(Exception):
    """A rule of law or of the house says no; nothing was changed.

    ``str()`` is the sentence a person reads, in Chinese; ``field`` names the input
    it belongs to (empty: the whole form); ``basis`` is the article it rests on.
    """

    def __init__(self, message: str, *, field: str = "", basis: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.basis = basis
