"""How a set-up for `diagnose` is declared, and the two lists that the tests run over.

A set-up is a function that builds one model with its data. It returns `(model, x, y)`, or `(model, x, y, options)`;
`options` are the arguments of `diagnose`: `history`, `validation_data`. The seed is set before each call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SetUp = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class Broken:
    """A set-up with one mistake in it.

    `build(cured=False)` has the mistake; `build(cured=True)` has the remedy applied literally, and no other change.
    `code` must be among the findings above a note; beside it only codes in `also` may be above a note.
    """

    build: SetUp
    code: str
    also: frozenset[str]
    has_cure: bool

    @property
    def name(self) -> str:
        """Name of the set-up."""
        return self.build.__name__


BROKEN: list[Broken] = []
HEALTHY: list[SetUp] = []


def broken(code: str, *, also: tuple[str, ...] = (), cure: bool = True) -> Callable[[SetUp], SetUp]:
    """Register a broken set-up, `def name(cured): ...`; with `cure=False` it is called with `cured=False` only."""

    def register(build: SetUp) -> SetUp:
        BROKEN.append(Broken(build, code, frozenset(also), cure))
        return build

    return register


def healthy(build: SetUp) -> SetUp:
    """Register a healthy set-up, `def name(): ...`: nothing above a note may be found."""
    HEALTHY.append(build)
    return build


def unpacked(built: tuple[Any, ...]) -> tuple[Any, Any, Any, dict[str, Any]]:
    """Return model, x, y and the options of `diagnose`, which may be left out."""
    model, x, y, *options = built
    return model, x, y, (options[0] if options else {})
