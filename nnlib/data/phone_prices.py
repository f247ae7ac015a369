"""Phone prices: a table of 2,000 phones in four price ranges."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from . import files
from .containers import TableData

FEATURES = (
    *(
        "battery_power",
        "blue",
        "clock_speed",
        "dual_sim",
        "fc",
        "four_g",
        "int_memory",
        "m_dep",
        "mobile_wt",
        "n_cores",
    ),
    *("pc", "px_height", "px_width", "ram", "sc_h", "sc_w", "talk_time", "three_g", "touch_screen", "wifi"),
)
TARGET = "price_range"
CLASS_NAMES = ("low", "medium", "high", "very high")


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path)


PHONE_PRICES = files.DataSet(
    key="phone_prices",
    title="Phone prices",
    contents="2,000 real phones",
    forms=(files.Form("mobile_price/train.csv", _read_csv),),
    stand_in="2,000 simulated phones",
    how_to_get=(
        "The real table needs a login, so fetch it by hand: kaggle.com, 'Mobile Price Classification', "
        "train.csv, into data/mobile_price/"
    ),
)


def load_phone_prices(
    source: str = "auto", *, data_dir: str | os.PathLike | None = None, path: str | os.PathLike | None = None
) -> TableData:
    """Load the phone-price table: 2,000 phones, 20 features, four price ranges of 500 each.

    Parameters
    ----------
    source : {"auto", "real", "stand-in"}
        "auto" takes the best copy there is and falls back to a simulated stand-in, "real" raises instead,
        "stand-in" simulates without touching disk or network.
    data_dir : path, optional
        Folder to look in first.
    path : path, optional
        A table of your own with the same columns, labelled or not (then with a column `id`).

    Returns
    -------
    TableData
        features (2000, 20), target (2000,) int64 from 0 to 3, class_names, source.
    """
    found = (_read_csv(Path(path)), "file") if path is not None else files.load(PHONE_PRICES, source, data_dir)
    table, origin = found or (_stand_in(), "stand-in")
    return TableData("Phone prices", table[list(FEATURES)], table.get(TARGET), CLASS_NAMES, origin, table.get("id"))


def _stand_in() -> pd.DataFrame:
    generator = np.random.Generator(np.random.PCG64(0))
    table = pd.DataFrame({name: generator.integers(0, 2, 2000) for name in FEATURES})
    table["ram"] = generator.integers(256, 3999, 2000)
    table[TARGET] = table["ram"].rank(method="first").sub(1).floordiv(500).astype(int)
    return table
