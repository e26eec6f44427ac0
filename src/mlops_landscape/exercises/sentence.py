"""Plain words that a notebook shows, as text and as HTML."""

from dataclasses import dataclass

from mlops_landscape.exercises.markup import with_code


@dataclass(frozen=True)
class Sentence:
    """Something that a notebook shows as plain words."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{with_code(self.text)}</p>"
