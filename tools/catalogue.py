"""The catalogue of what `diagnose` finds: a page of the book, one entry a rule.

    python -m tools.catalogue [CODE ...]     train a sick and a cured model for each rule, and note what came out

The set-ups are those of the tests, `tests/diagnosis/cases`. What came out is kept in `book/sick.json`, from which the
page draws its curves.
"""

import argparse
import importlib
import json
import math
import re
import sys
from html import escape
from typing import Any

from tools.build import ROOT

NOTES = ROOT / "book" / "sick.json"
EPOCHS = 10  # of set-ups that no test trains
WIDTH, HEIGHT, LEFT, EDGE = 380, 150, 46, 26  # of a curve, in pixels
KINDS = {
    "blocking": "Nothing else can be measured while it stands.",
    "cause": "Training goes wrong because of it.",
    "evaluation": "Training may go well, but the score misleads.",
    "symptom": "It follows from a cause, and is said only where no cause was found.",
    "last symptom": "It follows from a cause, and is said only where neither a cause nor another symptom was found.",
    "validation symptom": "It is seen in the validation data.",
}

SCORES = {
    "accuracy": "share of right answers",
    "logit_accuracy": "share of right answers",
    "all_labels": "share of samples with every label right",
    "r2": "share of the variance that is explained",
    "overlap": "overlap of the masks",
    "recall": "share of the positives that are found",
    "one_at_a_time": "share of right answers, one sample at a time",
    "honesty": "reported minus real accuracy, below 0 where it is wrong",
    "honesty_of_logits": "reported minus real accuracy, below 0 where it is wrong",
    "finite": "1: all numbers are finite, 0: not all",
    "negative_loss": "minus the loss",
    "skill": "share of the error of the last value that is taken away",
}


# --- training --------------------------------------------------------------------------------------------


def note(case: Any, trial: Any) -> dict[str, Any]:
    """What `diagnose` says of a broken set-up, and how training goes with the mistake and without it."""
    import keras

    from nnlib.diagnosis import diagnose

    said: dict[str, Any] = {"set_up": case.name, "what": _first_sentence(case.build.__doc__ or "")}
    keras.config.disable_interactive_logging()
    for state in ("sick", "cured") if case.has_cure else ("sick",):
        keras.backend.clear_session()
        keras.utils.set_random_seed(0)
        model, x, y, *rest = case.build(cured=state == "cured")
        options = rest[0] if rest else {}
        if state == "sick":
            finding = next(one for one in diagnose(model, x, y, **options) if one.code == case.code)
            said |= {"problem": finding.problem, "remedy": finding.remedy}
        said[state] = _trained(model, x, y, options, trial)
    return said


def _first_sentence(text: str) -> str:
    """What a set-up does, without the address of the page where it was found."""
    return re.split(r"(?<=[.])\s|[:,;]?\s+(?=[\w.]+\.\w+/\S)", " ".join(text.split()))[0].rstrip(".") + "."


def _trained(model: Any, x: Any, y: Any, options: dict[str, Any], trial: Any) -> dict[str, Any]:
    """The score after each epoch where the test has one, else the loss; and the validation loss if there is one."""
    import keras

    from nnlib.training import fit  # as the set-ups do: a model that was trained before goes on as it was traced

    if trial is None or not trial.fit:
        history = getattr(options.get("history"), "history", options.get("history"))
        if not history:
            try:
                fitted = fit(model, x, y, validation_data=options.get("validation_data"), epochs=EPOCHS, verbose=0)
            except Exception as error:  # the mistake may well be one that Keras does not survive
                return {"raises": type(error).__name__}
            history = fitted.history
        return {key: _plain(history[key]) for key in ("loss", "val_loss") if key in history}
    scores: list[float] = []
    measured = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: scores.append(trial.score(model, x, y)))
    try:
        scores.append(trial.score(model, x, y))
        fit(model, x, y, verbose=0, **{"epochs": 1, **trial.fit}, callbacks=[measured])
    except Exception as error:  # the mistake may well be one that Keras does not survive
        return {"raises": type(error).__name__, "scores": _plain(scores)}
    return {"scores": _plain(scores), "score_name": trial.score.__name__}


def _plain(values: Any) -> list[float | None]:
    """Numbers that JSON knows; None where they are not finite."""
    return [round(float(value), 4) if math.isfinite(float(value)) else None for value in values]


def renew(codes: list[str]) -> None:
    """Train the examples of the given rules, or of all, and write what came out."""
    sys.path.insert(0, str(ROOT / "tests" / "diagnosis"))
    examples = importlib.import_module("cases.all").EXAMPLES
    trials = importlib.import_module("cases.trials").TRIALS
    notes = json.loads(NOTES.read_text(encoding="utf-8")) if NOTES.exists() else {}
    for code in codes or examples:
        notes[code] = note(examples[code], trials.get(examples[code].name))
        lines = [f"{json.dumps(key)}: {json.dumps(notes[key], ensure_ascii=False)}" for key in sorted(notes)]
        NOTES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        print(code, notes[code]["set_up"], flush=True)


# --- the page --------------------------------------------------------------------------------------------


def page() -> str:
    """The page as Markdown: a chapter for each module of rules, an entry for each rule."""
    from nnlib.diagnosis import RULES

    notes = json.loads(NOTES.read_text(encoding="utf-8"))
    parts = [
        "# What diagnose finds",
        f"`nnlib.diagnosis.diagnose(model, x, y)` looks for {len(RULES)} mistakes, in the order of this page. Each "
        "entry says what is wrong and when the rule speaks. The example is a small model that has the mistake. The "
        "curves show its training with the mistake (solid, orange) and, where the example has a cure, after the remedy "
        "(dashed, blue). There is no orange curve where training ends in an error or a score cannot be computed.",
    ]
    chapter = None
    for code, rule in RULES.items():
        module = sys.modules[rule.check.__module__]
        if module is not chapter:
            chapter = module
            parts.append(f"## {(module.__doc__ or '').splitlines()[0].rstrip('.')}")
        parts.append(f"({code})=\n### {code}\n\n*{rule.severity.capitalize()}.* {KINDS[rule.kind]}")
        parts.append(_as_markdown(rule.explanation))
        parts.append(_example(notes[code]))
    return "\n\n".join(parts) + "\n"


def _as_markdown(text: str) -> str:
    """A docstring as a paragraph: what is no code stays as it is written."""
    pieces = re.split(r"(``?[^`]+``?)", text)
    return "".join(
        f"`{piece.strip('`')}`" if n % 2 else re.sub(r"([*_<>$\[\]])", r"\\\1", piece) for n, piece in enumerate(pieces)
    )


def _example(found: dict[str, Any]) -> str:
    """What `diagnose` says of the example, and its curve."""
    what = _first_sentence(found["what"])
    if re.fullmatch(r"\.|(?:[Kk]eras\S*|Lesson) (?:.* )?\d+\.", what):  # it only says where the example comes from
        what = found["set_up"].replace("_", " ").capitalize() + "."
    what, problem, remedy = (_as_markdown(text) for text in (what, found["problem"], found["remedy"]))
    said = f"{what} `diagnose` says:\n\n> {problem}  \n> {remedy}"
    if "raises" in found["sick"]:
        said += f"\n\nTraining ends in an error, `{found['sick']['raises']}`."
    return f"**Example.** {said}\n\n{curve(found)}"


def curve(found: dict[str, Any]) -> str:
    """How training goes with the mistake and without it, as SVG; empty where there is nothing to draw."""
    name, lines = _lines(found)
    if not lines:
        return ""
    numbers = [value for line in lines.values() for value in line if value is not None]
    low, high = min(numbers), max(numbers)
    span = high - low or 1.0
    longest = max(len(line) for line in lines.values())
    end = longest if name.startswith("loss") else longest - 1  # scores are taken before training, too

    def point(i: int, value: float) -> str:
        x = LEFT + (WIDTH - LEFT - EDGE) * i / max(longest - 1, 1)
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / span
        return f"{x:.0f},{y:.0f}"

    drawn = []
    for state, line in lines.items():
        points = [point(i, value) for i, value in enumerate(line) if value is not None]
        if points:
            drawn.append(f'<polyline class="{state}" points="{" ".join(points)}"/>')
    axes = f"M{LEFT},{EDGE - 6}V{HEIGHT - EDGE}H{WIDTH - EDGE}"
    words = f"{name} after each epoch. " + " ".join(_in_words(state, line) for state, line in lines.items())
    return (
        f'```{{raw}} html\n<figure><svg class="nn-sick" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(words)}"><path d="{axes}" fill="none" stroke="currentColor"/>'
        f'<g fill="none" stroke-width="2.5">{"".join(drawn)}</g>'
        f'<g fill="currentColor" font-size="11"><text x="{LEFT}" y="14">{escape(name)}</text>'
        f'<text x="2" y="{EDGE + 4}">{high:.3g}</text><text x="2" y="{HEIGHT - EDGE}">{low:.3g}</text>'
        f'<text x="{WIDTH - EDGE}" y="{HEIGHT - 8}" text-anchor="end">epoch {end}</text>'
        "</g></svg></figure>\n```"
    )


def _lines(found: dict[str, Any]) -> tuple[str, dict[str, list[float | None]]]:
    """What is drawn: the scores by epoch where there are any, else the losses; with the name of the axis."""
    states: dict[str, Any] = {state: found[state] for state in ("sick", "cured") if state in found}
    names = [SCORES[values["score_name"]] for values in states.values() if values.get("score_name") in SCORES]
    kinds = {"scores": (*names, "score")[0], "val_loss": "loss on the validation data", "loss": "loss"}
    for key, name in kinds.items():
        lines = {state: values[key] for state, values in states.items() if len(values.get(key, ())) > 1}
        if name in (SCORES["r2"], SCORES["skill"]):  # far below 0 one is as bad as the other
            lines = {state: [v if v is None else max(v, -1) for v in line] for state, line in lines.items()}
        if lines:
            return name, lines
    return "", {}


def _in_words(state: str, line: list[float | None]) -> str:
    """A curve for a reader who cannot see it."""
    first, last = line[0], line[-1]
    end = "is not a number at the end" if last is None else f"ends at {last:.2g}"
    start = "" if first is None else f"begins at {first:.2g} and "
    return f"{'With the mistake' if state == 'sick' else 'After the remedy'} it {start}{end}."


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("code", nargs="*", help="the rules to train again; all of them by default")
    renew(parser.parse_args(arguments).code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
