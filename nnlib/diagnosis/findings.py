"""What `diagnose` hands back: findings, and the list that shows them as a table."""

import html
import textwrap
from dataclasses import dataclass

SEVERITIES = ("error", "warning", "note")
_SYMBOLS = {"error": "✗", "warning": "!", "note": "i"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    Parameters
    ----------
    code : str
        Short name of the rule that fired, for example ``"inputs-not-scaled"``.
    severity : {"error", "warning", "note"}
        error: the model cannot learn this way; warning: it learns badly, or its score misleads; note: good to know.
    problem : str
        One sentence: what is wrong.
    remedy : str
        One sentence: what to change.
    evidence : float
        The number that made the rule fire; `problem` says what it counts.

    Examples
    --------
    >>> finding = Finding("softmax-on-one-unit", "error", "Softmax of one number is 1.", "Use sigmoid.", 1.0)
    >>> print(finding)
    ✗ error: softmax-on-one-unit
        Softmax of one number is 1.
        → Use sigmoid.
    """

    code: str
    severity: str
    problem: str
    remedy: str
    evidence: float

    def __post_init__(self):
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity is {self.severity!r}; allowed are {', '.join(SEVERITIES)}")

    def __str__(self) -> str:
        head = f"{_SYMBOLS[self.severity]} {self.severity}: {self.code}"
        indent = {"width": 100, "subsequent_indent": "    "}
        problem = textwrap.fill(self.problem, initial_indent="    ", **indent)
        remedy = textwrap.fill(self.remedy, initial_indent="    → ", **indent)
        return "\n".join((head, problem, remedy))


class Findings(list):
    """A list of findings, worst first, that a notebook shows as a table.

    Examples
    --------
    >>> Findings()
    diagnose found nothing wrong.
    """

    def __repr__(self) -> str:
        return "\n".join(str(finding) for finding in self) or "diagnose found nothing wrong."

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
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _html_row(finding: Finding) -> str:
    label = f"{_SYMBOLS[finding.severity]} <b>{finding.severity}</b><br><code>{html.escape(finding.code)}</code>"
    texts = (html.escape(finding.problem), html.escape(finding.remedy), f"{finding.evidence:.4g}")
    cells = "".join(f'<td style="text-align:left;white-space:normal">{text}</td>' for text in (label, *texts))
    return f"<tr>{cells}</tr>"
