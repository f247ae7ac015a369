# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Phone prices: a table of 2,000 phones in four price ranges."""

from __future__ import annotations

import csv
import difflib
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd

from .containers import TableData
from .dataset import DataSet, Form, OfficialFile
from .loading import check_source, load, say
from .places import expanded
from .randomness import Random
from .reading import open_data

CLASS_NAMES = ("low", "medium", "high", "very high")
TARGET, ID, N_ROWS = "price_range", "id", 2000
# Feature: what is possible at all, with room for phones newer than the table, and the unit.
FEATURES = {
    "battery_power": (1, 50_000, "mAh"),
    "blue": (0, 1, "(Bluetooth: 0 or 1)"),
    "clock_speed": (0.1, 20.0, "GHz"),
    "dual_sim": (0, 1, "(two SIM cards: 0 or 1)"),
    "fc": (0, 500, "megapixels (front camera)"),
    "four_g": (0, 1, "(4G: 0 or 1)"),
    "int_memory": (0, 10_000, "GB"),
    "m_dep": (0.01, 10.0, "cm (depth)"),
    "mobile_wt": (10, 2000, "g"),
    "n_cores": (1, 128, "cores"),
    "pc": (0, 500, "megapixels (main camera)"),
    "px_height": (0, 20_000, "pixels"),
    "px_width": (0, 20_000, "pixels"),
    "ram": (1, 200_000, "MB"),
    "sc_h": (0, 100, "cm (screen height)"),
    "sc_w": (0, 100, "cm (screen width)"),
    "talk_time": (0, 1000, "hours"),
    "three_g": (0, 1, "(3G: 0 or 1)"),
    "touch_screen": (0, 1, "(touch screen: 0 or 1)"),
    "wifi": (0, 1, "(WiFi: 0 or 1)"),
}
DECIMAL = ("clock_speed", "m_dep")  # all other columns hold whole numbers


# -- loading ---------------------------------------------------------------------------------------------


def load_phone_prices(
    source: str = "auto", *, data_dir: str | os.PathLike | None = None, path: str | os.PathLike | None = None
) -> TableData:
    """Load the phone-price table: 2,000 phones, 20 features, four price ranges of 500 each.

    Parameters
    ----------
    source : {"auto", "real", "stand-in"}
        "auto" takes the table where it lies (see data/README.md) and falls back to a simulated stand-in,
        "real" raises instead, "stand-in" simulates without touching disk or network.
    data_dir : path, optional
        Folder to look in first, for ``mobile_price/train.csv`` or ``train.csv``.
    path : path, optional
        A table of your own with the same columns instead, of any length, with or without `price_range`; not with
        "stand-in".

    Returns
    -------
    TableData
        features (2000, 20), target (2000,) int64 from 0 to 3, class_names, source. From an unlabelled table
        (``test.csv``) `target` is None and `ids` holds its column `id`.

    Raises
    ------
    ValueError
        `source` is no allowed word or contradicts `path`, or the table is not what it should be (file, line and column
        named).
    OSError
        A file cannot be read, or (with "real") there is none.

    References
    ----------
    A. Sharma, "Mobile Price Classification", Kaggle, 2018.
    https://www.kaggle.com/datasets/iabhishekofficial/mobile-price-classification

    Examples
    --------
    >>> data = load_phone_prices("stand-in")
    Phone prices: STAND-IN as asked (2,000 simulated phones).
    >>> data.features.shape, data.target.value_counts().tolist()
    ((2000, 20), [500, 500, 500, 500])
    """
    if path is not None:
        check_source(source)
        if source == "stand-in":
            raise ValueError(f"source='stand-in' reads no file, and path={str(path)!r} names one; leave one out")
        file = expanded(path)
        table = _read(file)
        say(f"Phone prices: {len(table):,} phones from {file.name}.")
        return _as_data(table, "file")
    return _as_data(*(load(PHONE_PRICES, source, data_dir) or (_simulate(), "stand-in")))


def _as_data(table: pd.DataFrame, source: str) -> TableData:
    return TableData("Phone prices", table[list(FEATURES)], table.get(TARGET), CLASS_NAMES, source, table.get(ID))


def _read_known(path: Path) -> pd.DataFrame:
    """Read the table of the course, which must be whole and labelled."""
    table = _read(path)
    if TARGET not in table:
        raise ValueError(f"{path} has no column {TARGET!r}: it is the unlabelled table. Put train.csv there.")
    counts = [int((table[TARGET] == label).sum()) for label in range(4)]
    if counts != [N_ROWS // 4] * 4:
        raise ValueError(
            f"{path} holds {len(table):,} phones ({', '.join(map(str, counts))} a price range) instead of 2,000 "
            "(500 each): it was cut off or changed. Get it again, or read a table of your own with path=…"
        )
    if table["ram"].equals(_simulate()["ram"]):
        raise ValueError(f"{path} holds the stand-in, not the real table. Put it under another name.")
    return table


PHONE_PRICES = DataSet(
    key="phone_prices",
    title="Phone prices",
    count="2,000",
    items="phones",
    shape="2,000 x 20",
    official=OfficialFile(122_403, "f9e8cd3154b8684a1be0ff401b1fba7750710af6bd076a399c6ce7ceb979c624"),
    forms=(
        Form("mobile_price/train.csv", _read_known),
        Form("mobile-price-classification/train.csv", _read_known),
        Form("train.csv", _read_known, everywhere=False),
    ),
    stand_in="2,000 simulated phones",
    how_to_get="The real table needs a free Kaggle login: put its train.csv into data/mobile_price/ by hand.",
)


# -- validation ------------------------------------------------------------------------------------------


def _read(path: Path) -> pd.DataFrame:
    """Read and validate a csv file; an error names the line in the file."""
    with open_data(path) as file:
        raw = file.read(50_000_001)
    if len(raw) > 50_000_000:
        raise ValueError(f"{path} is larger than 50 MB: not a table of phones.")
    if not raw.strip():
        raise ValueError(f"{path} is empty. Put a good copy in its place.")
    if raw[:2] in (b"PK", b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b") or b"\0" in raw:
        raise ValueError(f"{path} is no plain text (a spreadsheet, an archive or UTF-16?). Save it as CSV, UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ValueError(f"{path}, line {line}: not UTF-8 text. Save the table as CSV, UTF-8.") from None
    _check_start(text, path)
    cells = _cells(text, path)
    _check_columns(list(cells.columns), path)
    if cells.empty:
        raise ValueError(f"{path} holds the names of the columns and no phones. Put a whole copy in its place.")
    wanted = [column for column in (*FEATURES, TARGET, ID) if column in cells]
    table = pd.DataFrame({column: _numbers(cells[column], path) for column in wanted}, index=cells.index)
    _check_repeats(table, path)
    return table.reset_index(drop=True)


def _check_start(text: str, path: Path) -> None:
    """Raise ValueError where the text does not begin with names of columns, separated by commas."""
    if text.lstrip().startswith("<"):
        raise ValueError(f"{path} is a web page, not a table: log in there, download the table and put it here.")
    first = next(line for line in text.splitlines() if line.strip())
    for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if first.count(separator) > first.count(","):
            raise ValueError(f"{path} is separated by {name}. Save it separated by commas.")
    if not any(column in first for column in (*FEATURES, ID)):
        raise ValueError(
            f"{path} begins with {first[:60]!r} instead of the names of the columns ({', '.join(list(FEATURES)[:3])}, "
            "...). Delete what stands above the names, or put them there."
        )


def _cells(text: str, path: Path) -> pd.DataFrame:
    """Cells of a csv text as they stand, indexed by line number.

    Not by pandas: it fills up rows that are too short, so that a table that was cut off looks like one with blanks.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, line = {}, 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows[line] = row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"{path}, line {line}: a quotation mark stands there that is not closed as it should be ({error}). "
            "Correct that line."
        ) from None
    header, *cells = rows.values()
    for line, row in rows.items():
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {line} has {len(row)} values instead of {len(header)}: was the file cut off?"
            )
    return pd.DataFrame(cells, columns=header, index=pd.Index(list(rows)[1:], dtype="int64"), dtype=object)


def _check_columns(columns: list[str], path: Path) -> None:
    """Raise ValueError where a column is missing, unknown, without a name or there twice."""
    known = (*FEATURES, TARGET, ID)
    for column in known:
        if columns.count(column) > 1:
            raise ValueError(f"{path} has column {column!r} more than once. Leave one of them out.")
    unknown = [column for column in columns if column not in known]
    missing = [column for column in FEATURES if column not in columns]
    plain = {column.strip().lower(): column for column in unknown}
    for column in missing:
        if close := difflib.get_close_matches(column, plain, 1, 0.5):
            raise ValueError(f"{path} has no column {column!r}; is {plain[close[0]]!r} meant? Rename it.")
    if missing:
        raise ValueError(f"{path} has no column {', '.join(map(repr, missing))}. Needed: {', '.join(FEATURES)}.")
    nameless = [number for number, column in enumerate(columns, start=1) if not column.strip()]
    if nameless:
        raise ValueError(
            f"{path}: column {nameless[0]} of {len(columns)} has no name (a comma too many in each line, or an index "
            "that pandas wrote). Leave it out; pandas does with to_csv(…, index=False)."
        )
    if unknown:
        close = difflib.get_close_matches(unknown[0].strip().lower(), known, 1, 0.6)
        meant = f"is it {close[0]!r}? Rename it, or leave it out" if close else "leave it out"
        raise ValueError(f"{path} has a column {unknown[0]!r} that is not known: {meant}.")


def _numbers(column: pd.Series, path: Path) -> np.ndarray:
    """Turn a column of texts into possible numbers, float64 or int64."""
    name = str(column.name)
    low, high, unit = {TARGET: (0, 3, "(price range: 0 to 3)"), ID: (0, 10**9, "(number)")}.get(name) or FEATURES[name]
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    whole = name not in DECIMAL
    bad = ~np.isfinite(values) | (values < low) | (values > high) | (whole & (values != np.floor(values)))
    if not bad.any():
        return values.astype(np.int64) if whole else values
    first = int(np.argmax(bad))
    shown, value = column.iloc[first], values[first]
    if shown.strip().lower() in ("", "?", "nan", "na", "n/a", "none", "null", "<na>"):
        problem = f"{name} is blank ({shown!r}). Fill it in, or leave the phone out"
    elif not np.isfinite(value):
        problem = f"{name} is {shown[:40]!r}, no number. Correct it"
    elif value < low or value > high:
        problem = f"{name} is {value:g}, outside the possible {low:g} to {high:g} {unit}. Correct it"
    else:
        problem = f"{name} is {value:g}; a whole number is needed. Correct it"
    more = f" ({bad.sum() - 1} more in this column)" if bad.sum() > 1 else ""
    raise ValueError(f"{path}, line {column.index[first]}: {problem}{more}.")


def _check_repeats(table: pd.DataFrame, path: Path) -> None:
    """Raise ValueError where an id, or a whole labelled phone, is there twice."""
    by = [ID] if ID in table else [TARGET, *FEATURES] if TARGET in table else []
    repeats = np.flatnonzero(table.duplicated(by)) if by else np.array([])
    if repeats.size:
        second = int(repeats[0])
        first = int(np.argmax((table[by] == table[by].iloc[second]).to_numpy().all(axis=1)))
        what = f"id {table[ID].iloc[second]}" if by == [ID] else "the phone"
        lines = table.index
        raise ValueError(f"{path}, line {lines[second]} repeats {what} of line {lines[first]}. Leave one of them out.")


# -- stand-in --------------------------------------------------------------------------------------------

# What a point of each column adds to the price, as measured on the real table with logistic regression
# (ratios of its coefficients); the other fifteen columns add nothing, there and here.
WORTH = {"ram": 100, "battery_power": 62, "px_height": 37, "px_width": 37, "mobile_wt": -130}
UNKNOWN = 4_000  # what the columns do not tell of the price: uniform up to this, in the same points


def _simulate(seed: int = 0) -> pd.DataFrame:
    """Simulate the table: columns as in the real one, price a weighted sum of five of them, cut into quarters.

    Most columns are uniform over the range of the real one. As there, a front camera has fewer megapixels than
    the main one, a screen is higher than wide (in cm) and wider than high (in pixels), 4G comes with 3G only, and
    `px_height` and `sc_w` have impossible zeros.
    """
    random = Random(seed)

    def between(low: int, high: int | np.ndarray) -> np.ndarray:
        return low + (random.integers(2**24, N_ROWS) * (high - low + 1) >> 24)

    table = {
        "battery_power": between(501, 1998),
        "blue": between(0, 1),
        "clock_speed": np.maximum(between(0, 30), 5) / 10,
        "dual_sim": between(0, 1),
        "int_memory": between(2, 64),
        "m_dep": np.maximum(between(0, 10), 1) / 10,
        "mobile_wt": between(80, 200),
        "n_cores": between(1, 8),
        "pc": between(0, 20),
        "px_width": between(500, 1998),
        "ram": between(256, 3998),
        "sc_h": between(5, 19),
        "talk_time": between(2, 20),
        "three_g": (between(0, 99) < 76).astype(np.int64),
        "touch_screen": between(0, 1),
        "wifi": between(0, 1),
    }
    table["fc"] = between(0, np.maximum(table["pc"] - 1, 0))
    table["px_height"] = between(0, table["px_width"] - 1)
    table["sc_w"] = between(0, table["sc_h"] - 1)
    table["four_g"] = table["three_g"] * (between(0, 99) < 68)
    price = sum(worth * table[column] for column, worth in WORTH.items()) + between(0, UNKNOWN)
    rank = np.argsort(np.argsort(price, kind="stable"), kind="stable")
    return pd.DataFrame({**{column: table[column] for column in FEATURES}, TARGET: rank // (N_ROWS // 4)})
