# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What `diagnose` hands back: findings, and the list that shows them as a table."""

import html
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_SYMBOLS = {"error": "✗", "warning": "!", "note": "i"}
_PLAIN = str.maketrans({"✗": "x", "→": "->", "…": "...", "−": "-", "×": "x", "–": "-"})


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    Parameters
    ----------
    code : str
        Short name of the rule that fired, for example ``"inputs-not-scaled"``; `nnlib.diagnosis.RULES` explains it.
    severity : {"error", "warning", "note"}
        error: the model cannot learn this way; warning: it learns badly, or its score misleads; note: good to know.
    problem : str
        One sentence: what is wrong.
    remedy : str
        One sentence: what to change.
    evidence : float
        The number that made the rule fire.
    unit : str
        What `evidence` counts, for example ``"rows"``.

    Examples
    --------
    >>> finding = Finding("softmax-on-one-unit", "error", "Softmax of one number is 1.", "Use sigmoid.", 1.0, "unit")
    >>> print(finding)
    ✗ error: softmax-on-one-unit
        Softmax of one number is 1.
        → Use sigmoid.
    """

    code: str
    severity: Severity
    problem: str
    remedy: str
    evidence: float
    unit: str = ""

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity is {self.severity!r}; allowed are {', '.join(SEVERITIES)}")

    def __str__(self) -> str:
        head = f"{_SYMBOLS[self.severity]} {self.severity}: {self.code}"
        problem, remedy = (
            textwrap.fill(text, width=100, initial_indent=f"    {mark}", subsequent_indent="    ")
            for mark, text in (("", self.problem), ("→ ", self.remedy))
        )
        return _printable("\n".join((head, problem, remedy)))


class Findings(list[Finding]):
    """A list of findings, worst first, that a notebook shows as a table.

    Parameters
    ----------
    findings : iterable of Finding
        Worst first.
    looked_at : str
        How much was looked at, for example ``"512 of 60,000 rows, 20 trial steps"``; shown below the findings.

    Examples
    --------
    >>> Findings()
    diagnose found nothing wrong.
    """

    def __init__(self, findings: Iterable[Finding] = (), *, looked_at: str = "") -> None:
        super().__init__(findings)
        self.looked_at = looked_at

    def __repr__(self) -> str:
        lines = [str(finding) for finding in self] or ["diagnose found nothing wrong."]
        return _printable("\n".join([*lines, *([f"(looked at {self.looked_at})"] if self.looked_at else [])]))

    @property
    def codes(self) -> list[str]:
        """The codes of the findings, worst first."""
        return [finding.code for finding in self]

    def _repr_html_(self) -> str:
        if not self:
            return f"<p>{html.escape(repr(self))}</p>"
        names = ("", "what is wrong", "what to change", "evidence")
        head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in names)
        rows = "".join(_html_row(finding) for finding in self)
        caption = f"<p>Looked at {html.escape(self.looked_at)}.</p>" if self.looked_at else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{caption}"


def _html_row(finding: Finding) -> str:
    label = f"{_SYMBOLS[finding.severity]} <b>{finding.severity}</b><br><code>{html.escape(finding.code)}</code>"
    evidence = f"{finding.evidence:.4g} {finding.unit}".strip()
    texts = (html.escape(text) for text in (finding.problem, finding.remedy, evidence))
    cells = "".join(f'<td style="text-align:left;white-space:normal">{text}</td>' for text in (label, *texts))
    return f"<tr>{cells}</tr>"


def _printable(text: str) -> str:
    """Return the text in characters that the terminal has: not every stream is UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return text
