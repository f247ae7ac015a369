# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The catalogue of rules: `@rule` puts a function into it, its docstring is the entry."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .case import Case
from .findings import Finding, Severity

# blocking: nothing else can be measured while it stands. cause: training goes wrong because of it.
# evaluation: training may go well, but the score misleads.
# symptom: what follows from a cause, and is said only where no cause was found.
# last symptom: the same, where no other symptom was found.
# validation symptom: the same for what is wrong with the validation data.
Kind = Literal["blocking", "cause", "evaluation", "symptom", "last symptom", "validation symptom"]


class Found(NamedTuple):
    """What a rule found: a `Finding` but for its code."""

    severity: Severity
    problem: str
    remedy: str
    evidence: float
    unit: str = ""


Check = Callable[[Case], Found | None]


@dataclass(frozen=True)
class Rule:
    """One entry of the catalogue.

    Parameters
    ----------
    code : str
        Name of the rule, as in `Finding.code`.
    severity : {"error", "warning", "note"}
        The most that the rule says; it says less where it is less sure.
    kind : str
        When the rule is asked: see `nnlib.diagnosis.registry.Kind`.
    explanation : str
        What is wrong, the threshold, and the measurement behind it.
    check : callable
        Takes a `Case`, returns what it found, or None.
    """

    code: str
    severity: Severity
    kind: Kind
    explanation: str
    check: Check

    def ask(self, case: Case) -> Finding | None:
        """Return the finding, or None."""
        found = self.check(case)
        return found and Finding(
            self.code, found.severity, found.problem, found.remedy, float(found.evidence), found.unit
        )


RULES: dict[str, Rule] = {}


def rule(severity: Severity, kind: Kind) -> Callable[[Check], Check]:
    """Put a function into `RULES`, under its own name with dashes; rules are asked in the order of their modules."""

    def register(check: Check) -> Check:
        code = check.__name__.replace("_", "-")
        RULES[code] = Rule(code, severity, kind, inspect.getdoc(check) or "", check)
        return check

    return register
