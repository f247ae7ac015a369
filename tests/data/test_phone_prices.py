"""Phone prices: what a table must be, how it can be wrong, and the story that the simulated one tells."""

import hashlib
import io
import os
import sys

import numpy as np
import pandas as pd
import pytest

from nnlib.data import load_phone_prices, phone_prices

real_only = pytest.mark.skipif(not os.environ.get("NNLIB_DATA"), reason="needs the real table in $NNLIB_DATA")


@pytest.fixture(scope="module")
def stand_in():
    return load_phone_prices("stand-in")


@pytest.fixture
def table(stand_in):
    """Thirty labelled phones."""
    return stand_in.features.head(30).assign(price_range=stand_in.target.head(30))


@pytest.fixture
def write(tmp_path):
    def write(table, name="phones.csv", **options):
        path = tmp_path / name
        if isinstance(table, bytes):
            path.write_bytes(table)
        elif isinstance(table, str):
            path.write_text(table, encoding="utf-8")
        else:
            table.to_csv(path, index=False, **options)
        return path

    return write


def refused(path, message):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message) as caught:
        load_phone_prices(path=path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


# -- tables that are right -------------------------------------------------------------------------------


def test_a_table_by_path(write, table, capsys):
    data = load_phone_prices(path=write(table))
    assert capsys.readouterr().out == "Phone prices: 30 phones from phones.csv.\n"
    pd.testing.assert_frame_equal(data.features, table.drop(columns="price_range"))
    pd.testing.assert_series_equal(data.target, table["price_range"])
    assert data.source == "file"
    assert data.is_real
    assert data.ids is None


def test_the_unlabelled_form(write, table):
    unlabelled = table.drop(columns="price_range")
    unlabelled.insert(0, "id", np.arange(1, 31))
    data = load_phone_prices(path=write(unlabelled))
    assert data.target is None
    assert data.ids.tolist() == list(range(1, 31))
    assert list(data.features.columns) == list(phone_prices.FEATURES)
    assert "no labels" in repr(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,  # as Excel writes it
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
        lambda text: "".join('"' + line.replace(",", '","') + '"\n' for line in text.splitlines()),
    ],
)
def test_harmless_differences(write, table, change):
    data = load_phone_prices(path=write(change(table.to_csv(index=False))))
    pd.testing.assert_frame_equal(data.features, table.drop(columns="price_range"))


def test_columns_in_another_order_and_whole_numbers_with_a_point(write, table):
    data = load_phone_prices(path=write(table[table.columns[::-1]].astype(float)))
    pd.testing.assert_frame_equal(data.features, table.drop(columns="price_range"))


def test_one_phone_is_a_table(write, table):
    assert load_phone_prices(path=write(table.head(1))).features.shape == (1, 20)


def test_a_path_may_begin_with_the_home_folder(write, table, monkeypatch):
    path = write(table)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(path.parent))
    assert len(load_phone_prices(path=f"~/{path.name}").features) == len(table)


def test_a_stand_in_from_a_file_contradicts_itself(write, table):
    with pytest.raises(ValueError, match=r"source='stand-in' reads no file, and path='.*' names one"):
        load_phone_prices("stand-in", path=write(table))


# -- tables that are wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ram", "RAM ", "no column 'ram'; is 'RAM ' meant"),
        ("ram", "ram_mb", "no column 'ram'; is 'ram_mb' meant"),
        ("battery_power", "batery_power", "no column 'battery_power'; is 'batery_power' meant"),
        ("px_height", "height of the display", "no column 'px_height'"),
        ("price_range", "price range", "'price range' that is not known: is it 'price_range'"),
    ],
)
def test_renamed_columns(write, table, old, new, message):
    refused(write(table.rename(columns={old: new})), message)


def test_missing_and_extra_columns(write, table):
    refused(write(table.drop(columns="wifi")), "no column 'wifi'. Needed: battery_power")
    refused(write(table.drop(columns=["wifi", "ram"])), "no column 'ram', 'wifi'")
    refused(write(table.assign(colour="red")), "'colour' that is not known: leave it out")
    refused(write(table.reset_index().rename(columns={"index": ""})), "column 1 of 22 has no name")
    refused(write(table.to_csv(index=False).replace("\n", ",\n")), "column 22 of 22 has no name .a comma too many")
    twice = table.to_csv(index=False).replace("blue,clock_speed", "blue,blue", 1)
    refused(write(twice), "column 'blue' more than once")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("ram", "", "ram is blank"),
        ("ram", " ", "ram is blank"),
        ("ram", "?", "ram is blank .'[?]'"),
        ("ram", "NaN", "ram is blank"),
        ("ram", "lots", "ram is 'lots', no number"),
        ("ram", "1 024", "ram is '1 024', no number"),
        ("ram", "inf", "ram is 'inf', no number"),
        ("ram", "-5", "ram is -5, outside the possible 1 to"),
        ("ram", "0", "ram is 0, outside"),
        ("ram", "2549.5", "ram is 2549.5; a whole number is needed"),
        ("ram", "1e300", "ram is 1e.300, outside"),
        ("clock_speed", "-0.1", "clock_speed is -0.1, outside the possible 0.1 to 20 GHz"),
        ("blue", "2", "blue is 2, outside the possible 0 to 1"),
        ("wifi", "yes", "wifi is 'yes', no number"),
        ("px_height", "-1", "px_height is -1, outside the possible 0 to"),
        ("price_range", "4", "price_range is 4, outside the possible 0 to 3"),
        ("price_range", "-1", "price_range is -1"),
        ("price_range", "1.5", "price_range is 1.5; a whole number"),
        ("price_range", "", "price_range is blank"),
    ],
)
def test_values_are_named_with_line_and_column(write, table, column, value, message):
    texts = table.astype(str).astype(object)
    texts.loc[11, column] = value
    refused(write(texts), f"line 13: {message}")  # the header is line 1, row 0 is line 2


def test_how_many_more_there_are_is_said(write, table):
    table = table.astype({"ram": "float"})
    table.loc[[3, 4], "ram"] = np.nan
    refused(write(table), r"line 5: ram is blank.*\(1 more in this column\)")


def test_repeated_phones(write, table):
    refused(write(pd.concat([table, table.iloc[[4]]])), "line 32 repeats the phone of line 6")
    unlabelled = table.drop(columns="price_range").assign(id=[*range(29), 7])
    refused(write(unlabelled), "line 31 repeats id 7 of line 9")


def test_separators_and_encodings(write, table):
    refused(write(table, sep=";"), "separated by semicolons")
    refused(write(table, sep="\t"), "separated by tabs")
    refused(write(table, sep=";", decimal=","), "separated by semicolons")
    refused(write(table, encoding="utf-16"), "no plain text")
    refused(write(table.to_csv(index=False).replace("ram", "räm").encode("latin-1")), "line 1: not UTF-8")
    refused(write(b"PK\x03\x04 a spreadsheet"), "no plain text")


def test_files_that_are_none(write, tmp_path):
    refused(write(b""), "is empty")
    refused(write(b" \n\n"), "is empty")
    refused(write(b"\0" * 100), "no plain text")
    refused(write(",".join(phone_prices.FEATURES) + "\n"), "the names of the columns and no phones. Put a whole copy")
    refused(write("\n <!DOCTYPE html>\n<html></html>\n"), "is a web page, not a table: log in there, download")
    with pytest.raises(IsADirectoryError, match="a folder lies where"):
        load_phone_prices(path=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"check the name.*nowhere\.csv"):
        load_phone_prices(path=tmp_path / "nowhere.csv")
    with pytest.raises((OSError, ValueError)):
        load_phone_prices(path="x" * 5000)


def test_lines_of_another_length(write, table):
    lines = table.to_csv(index=False).splitlines()
    lines[5] += ",1"
    refused(write("\n".join(lines)), "line 6 has 22 values instead of 21")
    lines[5] = lines[5][: lines[5].index(",")]
    refused(write("\n".join(lines)), "line 6 has 1 values instead of 21")


@pytest.mark.parametrize("last", [29, 30])
def test_a_quotation_mark_that_is_never_closed_is_named_where_it_opens(write, table, last):
    lines = table.to_csv(index=False).splitlines()
    lines[6] = '"' + lines[6]
    refused(write("\n".join(lines)), "line 7: a quotation mark stands there that is not closed")
    lines[last] = '"' + lines[last]  # another one, further down
    refused(write("\n".join(lines)), "line 7: a quotation mark stands there that is not closed")


@pytest.mark.parametrize("first", ["# phones of 2018", "sep=,", "1,0,2.2,0", "Phones,,,,,,,,,,,,,,,,,,,,"])
def test_a_first_line_that_holds_no_names_is_named(write, table, first):
    refused(
        write(f"{first}\n{table.to_csv(index=False)}"), f"begins with '{first}' instead of the names of the columns"
    )
    refused(write(table.to_csv(index=False, header=False)), "instead of the names of the columns .battery_power, blue")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_name_that_the_stream_cannot_encode_is_no_failure(write, table, encoding, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    load_phone_prices(path=write(table, "手机.csv"))
    stream.flush()
    assert stream.buffer.getvalue() == b"Phone prices: 30 phones from \\u624b\\u673a.csv.\n"


@pytest.mark.parametrize("name", ["mobile_price/train.csv", "train.csv"])
def test_a_stored_stand_in_is_not_taken_for_the_real_table(tmp_path, stand_in, name):
    (tmp_path / "mobile_price").mkdir()
    stand_in.features.assign(price_range=stand_in.target).to_csv(tmp_path / name, index=False)
    with pytest.raises(ValueError, match=r"train\.csv holds the stand-in"):
        load_phone_prices(data_dir=tmp_path)


@pytest.mark.parametrize("folder", ["mobile_price", "mobile-price-classification", "."])
def test_where_the_known_table_may_lie(tmp_path, folder):
    (tmp_path / folder).mkdir(exist_ok=True)
    table = phone_prices._simulate(seed=1)
    table.to_csv(tmp_path / folder / "train.csv", index=False)
    data = load_phone_prices("real", data_dir=tmp_path)
    assert data.source == "file"
    pd.testing.assert_series_equal(data.target, table["price_range"])


def test_the_known_table_must_be_whole(tmp_path):
    """Cut off at every kilobyte, also where a line happens to end there: never half a table."""
    whole = phone_prices._simulate(seed=1).to_csv(index=False).encode()
    path = tmp_path / "mobile_price" / "train.csv"
    path.parent.mkdir()
    path.write_bytes(whole)
    assert load_phone_prices(data_dir=tmp_path).source == "file"
    line_ends = [at + 1 for at, byte in enumerate(whole[:20_000]) if byte == 10]
    for length in [*range(0, len(whole) - 1, 4096), *line_ends[:40:10], len(whole) - 2]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"train\.csv"):
            load_phone_prices(data_dir=tmp_path)
        assert path.read_bytes() == whole[:length]


def loaded_or_named(path):
    """The data, or None where the loader names the file as the reason that there are none."""
    try:
        return load_phone_prices(path=path)
    except ValueError as error:
        if str(path) in str(error):
            return None
        raise


def test_a_small_table_cut_off_at_every_byte(write, table):
    whole = table.head(3).to_csv(index=False).encode()
    for length in range(0, len(whole), 2):
        path = write(whole[:length])
        data = loaded_or_named(path)
        if data is not None:  # cut at the end of a line
            rows = len(data.features)
            pd.testing.assert_frame_equal(data.features, table.drop(columns="price_range").head(rows))


def test_one_flipped_byte(write, table):
    whole = table.head(5).to_csv(index=False).encode()
    for position in range(0, len(whole), 2):
        path = write(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
        data = loaded_or_named(path)
        if data is not None:  # one digit became another possible one
            assert list(data.features.columns) == list(phone_prices.FEATURES)
            assert data.features.notna().all(axis=None)


def test_the_unlabelled_table_in_place_of_the_labelled(tmp_path, stand_in):
    (tmp_path / "mobile_price").mkdir()
    stand_in.features.to_csv(tmp_path / "mobile_price" / "train.csv", index=False)
    with pytest.raises(ValueError, match=r"train\.csv has no column 'price_range'"):
        load_phone_prices(data_dir=tmp_path)


# -- the simulated table and the real one ----------------------------------------------------------------


def test_the_stand_in_is_the_same_everywhere(stand_in):
    digest = hashlib.sha256(
        stand_in.features.assign(y=stand_in.target).to_csv(index=False, lineterminator="\n").encode()
    )
    assert digest.hexdigest()[:16] == "4f363e02f1545ea7"


def test_the_stand_in_can_never_pass_for_the_real_table(stand_in):
    assert not stand_in.is_real
    assert stand_in.source == "stand-in"
    assert "STAND-IN" in repr(stand_in)


# Of the real table: least, mean and greatest value of each column.
REAL = {
    "battery_power": (501, 1238.5, 1998),
    "blue": (0, 0.495, 1),
    "clock_speed": (0.5, 1.522, 3.0),
    "dual_sim": (0, 0.51, 1),
    "fc": (0, 4.31, 19),
    "four_g": (0, 0.52, 1),
    "int_memory": (2, 32.0, 64),
    "m_dep": (0.1, 0.50, 1.0),
    "mobile_wt": (80, 140.2, 200),
    "n_cores": (1, 4.52, 8),
    "pc": (0, 9.92, 20),
    "px_height": (0, 645.1, 1960),
    "px_width": (500, 1251.5, 1998),
    "ram": (256, 2124.2, 3998),
    "sc_h": (5, 12.3, 19),
    "sc_w": (0, 5.77, 18),
    "talk_time": (2, 11.0, 20),
    "three_g": (0, 0.76, 1),
    "touch_screen": (0, 0.50, 1),
    "wifi": (0, 0.51, 1),
}


def check_ranges(data):
    """Same columns, types, ranges and quirks as the real table."""
    assert data.features.shape == (2000, 20)
    assert data.target.value_counts().to_dict() == dict.fromkeys(range(4), 500)
    assert list(data.features.columns) == list(REAL)
    for column, (low, mean, high) in REAL.items():
        values = data.features[column]
        assert values.dtype == ("float64" if column in ("clock_speed", "m_dep") else "int64")
        assert low <= values.min() <= low + 0.02 * (high - low), column
        assert high - 0.05 * (high - low) <= values.max() <= high, column
        assert abs(values.mean() - mean) < 0.05 * (high - low), column
    table = data.features
    assert (table["fc"] <= table["pc"]).all()
    assert (table["px_height"] <= table["px_width"]).all()
    assert (table["sc_w"] <= table["sc_h"]).all()
    assert (table["four_g"] <= table["three_g"]).all()
    assert (table["sc_w"] == 0).sum() > 100
    assert (table["px_height"] == 0).sum() >= 1
    assert 0.55 < table["fc"].corr(table["pc"]) < 0.75
    assert 0.4 < table["px_height"].corr(table["px_width"]) < 0.6
    assert 0.4 < table["sc_w"].corr(table["sc_h"]) < 0.6
    effect = table.corrwith(data.target).abs().sort_values(ascending=False)
    assert effect.index[0] == "ram"
    assert 0.88 < effect.iloc[0] < 0.95
    assert set(effect.index[1:4]) == {"battery_power", "px_height", "px_width"}
    assert effect.iloc[4:].max() < 0.08


def check_story(data):
    """What lesson 10 tells, with scikit-learn in place of Keras."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler

    x, test, y, truth = train_test_split(
        data.features, data.target, test_size=400, stratify=data.target, random_state=88
    )
    scaler = StandardScaler().fit(x)
    linear = LogisticRegression(max_iter=2000).fit(scaler.transform(x), y).score(scaler.transform(test), truth)
    assert 0.93 < linear < 0.985

    def network(x, test):
        options = {"solver": "sgd", "learning_rate_init": 3e-3, "momentum": 0.0, "batch_size": 16, "max_iter": 6}
        return MLPClassifier((32,), random_state=0, **options).fit(x, y).score(test, truth)

    raw, scaled = network(x.to_numpy(), test.to_numpy()), network(scaler.transform(x), scaler.transform(test))
    assert raw < 0.3  # chance is 0.25
    assert scaled > raw + 0.08
    assert scaled < linear
    # Without the columns that say nothing the linear model is better still: there is something for L1 to find.
    few = ["ram", "battery_power", "px_height", "px_width", "mobile_wt"]
    scaler = StandardScaler().fit(x[few])
    best = LogisticRegression(max_iter=2000, C=100).fit(scaler.transform(x[few]), y)
    assert best.score(scaler.transform(test[few]), truth) > linear - 0.005


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("source", ["stand-in", pytest.param("real", marks=real_only)])
def test_the_stand_in_and_the_real_table_tell_the_same_story(source):
    data = load_phone_prices(source)
    check_ranges(data)
    check_story(data)


@real_only
def test_the_unlabelled_real_table():
    data = load_phone_prices(path=os.path.join(os.environ["NNLIB_DATA"], "mobile_price", "test.csv"))
    assert data.features.shape == (1000, 20)
    assert data.target is None
    assert data.ids.tolist() == list(range(1, 1001))
