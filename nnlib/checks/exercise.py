# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises that say what went wrong: how one is declared, and how an answer is judged.

Each lesson's exercises stand in one module, for example `nnlib.checks.lesson_01`. An exercise knows the right answer
from an independent source (the *oracle*), and what learners with a typical misconception answer instead.
"""

from __future__ import annotations

import functools
import os
import re
import textwrap
import warnings
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from .comparing import difference, surely_differ
from .ranges import _print
from .running import SECONDS, STUB, NotDone, Wrong, is_stub, plain, run, show

Kind = Literal["by hand", "by code", "predict", "repair", "transfer"]
Outcome = Literal["right", "wrong", "not done"]
_MARKS: dict[Outcome, str] = {"right": "✓", "wrong": "✗", "not done": "○"}


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A misconception, and the answer that betrays it.

    Parameters
    ----------
    sentence : str
        What the learner is told.
    answer : Any
        What a learner with this misconception gives. For a `Number` a function of the numbers of the task, for a
        `Function` the wrong function, for a `Choice` the letter, for a `Product` a function that makes one.
    fails : callable, optional
        For a `Product`: whether a product has this fault. The other kinds recognise a mistake by its answer.
    """

    sentence: str
    answer: Any
    fails: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a check found.

    Parameters
    ----------
    outcome : {"right", "wrong", "not done"}
        "not done": the stub is untouched.
    sentence : str
        What the learner is told.
    points : float
        All for a right answer, half for a typical mistake (but none for a wrong guess), otherwise none.
    mistake : Mistake, optional
        The typical mistake that was recognised.
    """

    outcome: Outcome
    sentence: str
    points: float
    mistake: Mistake | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise(ABC):
    """What all exercises have in common.

    Parameters
    ----------
    name : str
        How the notebook calls it.
    kind : {"by hand", "by code", "predict", "repair", "transfer"}
        What the learner does.
    objectives : tuple of str
        How the objectives of the lesson begin that the exercise assesses.
    points : int
        Points for a right answer.
    hints : tuple of str
        From a nudge to nearly the way; the notebook folds them.
    mistakes : tuple of Mistake
        The first that fits is named.
    """

    name: str
    kind: Kind
    objectives: tuple[str, ...]
    points: int
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...]

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"{self.name}: kind is {self.kind!r}; allowed are {', '.join(get_args(Kind))}")

    def judge(self, answer: Any, seed: int = 0) -> Judgement:
        """Judge an answer, whatever it is; `seed` chooses the numbers of the task."""
        try:
            if is_stub(answer):
                raise NotDone(STUB)
            found = self._fault(answer, seed)
        except NotDone as stub:
            return Judgement(outcome="not done", sentence=f"not done yet: {stub}", points=0.0)
        except Wrong as fault:
            found = str(fault)
        if found is None:
            return Judgement(outcome="right", sentence=self._praise(), points=float(self.points))
        if isinstance(found, str):
            return Judgement(outcome="wrong", sentence=found, points=0.0)
        share = 0.0 if self.kind == "predict" else 0.5
        return Judgement(outcome="wrong", sentence=found.sentence, points=share * self.points, mistake=found)

    def _praise(self) -> str:
        return "right."

    @abstractmethod
    def _fault(self, answer: Any, seed: int) -> Mistake | str | None:
        """The mistake, or a sentence, or None for a right answer."""

    @abstractmethod
    def right_answer(self, seed: int = 0) -> Any:
        """The answer of the oracle."""

    def wrong_answer(self, mistake: Mistake, seed: int = 0) -> Any:
        """What a learner who makes this mistake gives."""
        return mistake.answer


@dataclass(frozen=True, kw_only=True, eq=False)
class Number(Exercise):
    """One number or several, computed on paper or with code.

    Parameters
    ----------
    right : callable
        The oracle: from the numbers of the task to a number, an array, or a tuple of these.
    draw : callable, optional
        From a random generator to the numbers of the task, by name. Left out: the task has fixed numbers.
    task : str
        What `Sheet.task` shows, with the names of the numbers in braces.
    rtol : float
        How far a number may be off, relative to the largest one of its result. Three digits are enough by default.

    Examples
    --------
    >>> area = Number(
    ...     name="area", kind="by hand", objectives=(), points=2, hints=(), task="A square of side {side}.",
    ...     draw=lambda rng: {"side": int(rng.integers(3, 9))}, right=lambda side: side**2,
    ...     mistakes=(Mistake(sentence="That is its circumference.", answer=lambda side: 4 * side),),
    ... )
    >>> area.judge(area.right_answer()).outcome
    'right'
    >>> area.judge(4 * area.numbers()["side"]).sentence
    'That is its circumference.'
    """

    right: Callable[..., Any]
    task: str = ""
    draw: Callable[[np.random.Generator], Mapping[str, Any]] | None = None
    rtol: float = 5e-3

    @functools.cache  # noqa: B019  exercises live as long as the module that declares them
    def numbers(self, seed: int = 0) -> Mapping[str, Any]:
        """The numbers of the task: the first drawn ones for which every mistake gives an answer of its own."""
        if self.draw is None:
            return {}
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        for _ in range(1000):
            numbers = self.draw(rng)
            answers = [self.right(**numbers), *(mistake.answer(**numbers) for mistake in self.mistakes)]
            pairs = ((a, b) for n, a in enumerate(answers) for b in answers[:n])
            # An answer that is off by as much as is allowed must still be far from those beside it.
            if all(difference(a, b, rtol=8 * self.rtol) is not None for a, b in pairs):
                return numbers
        raise ValueError(f"{self.name}: no draw tells all mistakes apart; change `draw` or the mistakes")

    def right_answer(self, seed: int = 0) -> Any:
        """The answer of the oracle to the task with this seed."""
        return self.right(**self.numbers(seed))

    def wrong_answer(self, mistake: Mistake, seed: int = 0) -> Any:
        """The answer of a learner who makes this mistake in the task with this seed."""
        return mistake.answer(**self.numbers(seed))

    def _fault(self, answer: Any, seed: int) -> Mistake | str | None:
        if callable(answer):
            raise Wrong("Numbers are asked for, and you gave a function. Call it, and give what comes out.")
        if (found := difference(answer, self.right_answer(seed), rtol=self.rtol)) is None:
            return None
        for mistake in self.mistakes:
            if difference(answer, self.wrong_answer(mistake, seed), rtol=self.rtol) is None:
                return mistake
        whole = isinstance(answer, tuple) and len(answer) == 2 and all(type(part) is int for part in answer)
        if whole and np.ndim(self.right_answer(seed)) == 0:
            return "It is two numbers. Python writes a decimal point, not a comma: 3.98 and not 3,98."
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Function(Exercise):
    """A function that the learner writes, tried on several cases.

    Parameters
    ----------
    right : callable
        The oracle, which computes the result in another way than the learner.
    cases : tuple of tuple
        The arguments of the calls.
    rtol : float
        How far a result may be off, relative to the largest number of the right one.

    Examples
    --------
    >>> double = Function(
    ...     name="double", kind="by code", objectives=(), points=2, hints=(), right=lambda x: x + x, cases=((1,), (3,)),
    ...     mistakes=(Mistake(sentence="That is the square.", answer=lambda x: x**2),),
    ... )
    >>> double.judge(lambda x: x * x).sentence
    'That is the square.'
    >>> double.judge(lambda x: 2.2 * x).sentence
    'Called with (1), your function gives a wrong result. It is off, by about 10 % of the right value.'
    >>> double.judge(lambda x: ...).outcome
    'not done'
    """

    right: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    rtol: float = 1e-5

    def right_answer(self, seed: int = 0) -> Any:
        """The oracle itself."""
        return self.right

    def _fault(self, answer: Any, seed: int) -> Mistake | str | None:
        results = run(answer, self.cases, seconds=SECONDS)
        found = self._first_difference(results, self.right)
        if found is None:
            return None
        for mistake in self.mistakes:
            if self._first_difference(results, mistake.answer) is None:
                return mistake
        if any(map(surely_differ, results, run(answer, self.cases, seconds=SECONDS))):
            return (
                "Called again with the same arguments, your function gives another result. Use only what it is given: "
                "no random numbers, and nothing that changes from call to call."
            )
        case, what = found
        return f"Called with {show(case)}, your function gives a wrong result. {what}"

    def _first_difference(self, results: list[Any], function: Callable[..., Any]) -> tuple[tuple[Any, ...], str] | None:
        """The first case in which results differ from those of a function, and how."""
        for case, result, wanted in zip(self.cases, results, self._results_of(function), strict=True):
            if (found := difference(result, wanted, rtol=self.rtol)) is not None:
                return case, found
        return None

    @functools.cache  # noqa: B019  exercises live as long as the module that declares them
    def _results_of(self, function: Callable[..., Any]) -> list[Any]:
        """What the oracle, or the function of a mistake, gives for the cases."""
        return run(function, self.cases)


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice(Exercise):
    """One of several answers, written as a letter or a word.

    Parameters
    ----------
    right : str
        The right one; every other one is the `answer` of a mistake.
    because : str
        Said after a right answer.
    any_order : bool
        Whether the letters are a set, as in "which of these are true".

    Examples
    --------
    >>> sky = Choice(
    ...     name="sky", kind="predict", objectives=(), points=1, hints=(), right="a", because="It scatters blue light.",
    ...     mistakes=(Mistake(sentence="Look up.", answer="b"), Mistake(sentence="At noon?", answer="c")),
    ... )
    >>> sky.judge("b").sentence, sky.judge("A").sentence
    ('Look up.', 'right. It scatters blue light.')
    >>> sky.judge(3).sentence
    "Answer with one of 'a', 'b', 'c'."

    Letters may stand apart, as in "p, l, o, w", or in a list. Several letters that no mistake foresees are wrong, not
    unreadable.

    >>> order = Choice(
    ...     name="order", kind="predict", objectives=(), points=1, hints=(), right="abc", because="So it is.",
    ...     mistakes=(Mistake(sentence="First a.", answer="bac"), Mistake(sentence="Last c.", answer="acb")),
    ... )
    >>> order.judge("a, b, c").outcome, order.judge(["a", "b", "c"]).outcome, order.judge("cba").sentence
    ('right', 'right', 'It is wrong: look at each letter again, one by one.')
    """

    right: str
    because: str
    any_order: bool = False

    def right_answer(self, seed: int = 0) -> str:
        """The right letter or word."""
        return self.right

    def _praise(self) -> str:
        return f"right. {self.because}"

    def _fault(self, answer: Any, seed: int) -> Mistake | str | None:
        options = sorted([self.right, *(mistake.answer for mistake in self.mistakes)])
        given = self._letters(answer)
        if given == self.right:
            return None
        for mistake in self.mistakes:
            if given == mistake.answer:
                return mistake
        if given and len(given) in map(len, options) and set(given) <= set("".join(options)):
            return "It is wrong: look at each letter again, one by one."
        if self.any_order:
            return f"Answer with one or more of the letters {', '.join(sorted(set(''.join(options))))}."
        lengths = set(map(len, options))
        if lengths == {1} or len(lengths) > 1:
            return f"Answer with one of {', '.join(map(repr, options))}."
        return f"Answer with {lengths.pop()} letters, each one of {', '.join(sorted(set(''.join(options))))}."

    def _letters(self, answer: Any) -> str | None:
        """The letters alone, whatever stands between or before them: "p → l", "A: p, B: l", "a and c"."""
        if isinstance(answer, list | tuple) or (self.any_order and isinstance(answer, set)):
            answer = ",".join(map(str, answer))
        if not isinstance(answer, str):
            return None
        if self.any_order:
            answer = re.sub(r"\band\b|[&+]", ",", answer)
        answer = re.sub(r"\b[A-Z] ?:(?=\s*\w)", "", answer)  # the names of the questions in "A: p, B: l"
        given = re.sub(r"[\s.,;:()/|→=>-]", "", answer.lower())
        return "".join(sorted(given)) if self.any_order else given


@dataclass(frozen=True, kw_only=True, eq=False)
class Product(Exercise):
    """Something that many right answers have: a model that learns, a table that is prepared.

    Parameters
    ----------
    right : callable
        Makes a right product: what the learner's function does.
    cases : tuple of tuple
        The arguments of the learner's function; it is called once per case.
    measure : callable
        From the list of the function's results to what the mistakes look at. Trains, predicts, counts.
    seconds : float
        How long the learner's function may take.

    Examples
    --------
    >>> even = Product(
    ...     name="even", kind="transfer", objectives=(), points=2, hints=(), right=lambda: 4, cases=((),),
    ...     measure=lambda results: results[0],
    ...     mistakes=(Mistake(sentence="It is odd.", answer=lambda: 3, fails=lambda number: number % 2 == 1),),
    ... )
    >>> even.judge(lambda: 6).outcome, even.judge(lambda: 7).sentence
    ('right', 'It is odd.')
    """

    right: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    measure: Callable[[list[Any]], Any]
    seconds: float = SECONDS

    def right_answer(self, seed: int = 0) -> Any:
        """A function that makes a right product."""
        return self.right

    def _fault(self, answer: Any, seed: int) -> Mistake | str | None:
        results = run(answer, self.cases, seconds=self.seconds)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # a warning about the learner's product would stand before the sentence
                found = self.measure(results)
                return next((m for m in self.mistakes if m.fails is not None and m.fails(found)), None)
        except Wrong:
            raise
        except Exception as error:  # a learner's function may give anything
            return (
                "Your function gives something that cannot be examined "
                f"({type(results[0]).__name__}; {type(error).__name__}: {plain(error)[:150]})."
            )


class Sheet:
    """The exercises of one lesson, and what has been answered so far.

    Parameters
    ----------
    lesson : str
        Number of the lesson, for example ``"01"``.
    exercises : sequence of Exercise
        In the order of the notebook.
    seed : int
        Chooses the numbers of the tasks that are computed by hand: 0, or what the teacher says.

    Raises
    ------
    ValueError
        If `seed` is not a whole number of at least 0, or two exercises have the same name.

    Examples
    --------
    >>> from nnlib.checks.lesson_01 import exercises
    >>> sheet = exercises(seed=0)
    >>> sheet.check("updates", ...)
    ○ updates: not done yet: put your answer in place of the dots.
    >>> sheet.check("updates", lambda n_samples, batch_size, epochs: n_samples // batch_size * epochs)
    ✗ updates: You rounded down: the last batch of an epoch is used as well, even if it is not
    full.
    """

    def __init__(self, lesson: str, exercises: Sequence[Exercise], *, seed: int = 0) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise ValueError(f"seed is {seed!r}; give a whole number, 0 or larger")
        self.lesson, self.seed = lesson, int(seed)
        self.exercises = {exercise.name: exercise for exercise in exercises}
        if len(self.exercises) != len(exercises):
            raise ValueError(f"lesson {lesson}: two exercises have the same name")
        self.judgements: dict[str, Judgement] = {}

    def task(self, name: str) -> None:
        """Print the numbers of a task that is computed by hand."""
        exercise = self._find(name)
        if not isinstance(exercise, Number) or exercise.draw is None:
            raise ValueError(f"{name!r} has no numbers of its own")
        _say(exercise.task.format(**{key: _typed(value) for key, value in exercise.numbers(self.seed).items()}))

    def check(self, name: str, answer: Any) -> float | None:
        """Say whether an answer is right, and if not, what is wrong.

        Parameters
        ----------
        name : str
            Name of the exercise.
        answer : Any
            The learner's number, text or function.

        Returns
        -------
        float or None
            The points, where nbgrader executes the notebook: it takes the value of the cell for partial credit.
            Otherwise nothing, so that a learner sees the sentence alone.
        """
        self.judgements[name] = judgement = self._find(name).judge(answer, self.seed)
        _say(f"{_MARKS[judgement.outcome]} {name}: {judgement.sentence}")
        return judgement.points if os.environ.get("NBGRADER_EXECUTION") else None

    def solved(self, name: str) -> bool:
        """Whether the last check of this exercise said ✓."""
        self._find(name)
        return name in self.judgements and self.judgements[name].outcome == "right"

    def summary(self) -> None:
        """Print how many exercises are done.

        Raises
        ------
        AssertionError
            Under ``NNLIB_STRICT=1`` (tests, CI), if one is not: a solution has to be accepted.
        """
        done = [name for name in self.exercises if self.solved(name)]
        rest = [name for name in self.exercises if name not in done]
        points = sum(judgement.points for judgement in self.judgements.values())
        of = sum(exercise.points for exercise in self.exercises.values())
        line = f"Lesson {self.lesson}: {len(done)} of {len(self.exercises)} exercises done, {points:g} of {of} points"
        line += f" (seed {self.seed})." + (f" Still open: {', '.join(rest)}." if rest else " Well done.")
        _say(line)
        if rest and os.environ.get("NNLIB_STRICT", "") not in ("", "0"):
            raise AssertionError(line)

    def _find(self, name: str) -> Exercise:
        if name not in self.exercises:
            raise ValueError(f"no exercise {name!r}; this sheet has {', '.join(map(repr, self.exercises))}")
        return self.exercises[name]


def _typed(value: Any) -> str:
    """A number or a list of numbers as one writes it on paper."""
    if isinstance(value, list | tuple | np.ndarray):
        return ", ".join(map(_typed, value))
    return f"{value:g}".replace("-", "−") if isinstance(value, int | float | np.number) else str(value)


def _say(text: str) -> None:
    """Print lines of at most 90 characters: JupyterLab breaks longer ones in the middle of a word."""
    for line in text.replace(" = ", "\xa0=\xa0").splitlines():  # w = 2 stays together
        lines = textwrap.wrap(line, 90, break_long_words=False, break_on_hyphens=False)
        _print("\n".join(lines).replace("\xa0", " "))
