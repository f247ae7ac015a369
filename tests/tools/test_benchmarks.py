"""The benchmark's arithmetic, on measurements made up here."""

import pytest
import run
import works

MEDIANS = {
    ("images", "plain"): {"seconds": 4.5, "cpu": 8.0, "first": 5.0, "first_cpu": 9.0, "peak_gb": 2.6},
    ("images", "nnlib"): {"seconds": 0.9, "cpu": 2.0, "first": 2.5, "first_cpu": 3.0, "peak_gb": 1.3},
}


@pytest.mark.parametrize(
    ("bound", "value", "cpu", "holds"),
    [
        (("images", "plain / nnlib", ">=", 4.5), 5.0, 4.0, True),
        (("images", "plain / nnlib", ">=", 6), 5.0, 4.0, False),
        (("images", "nnlib first / plain first", "<=", 1), 0.5, 1 / 3, True),
        (("images", "nnlib peak_gb", "<=", 1.2), 1.3, 1.3, False),
    ],
)
def test_bounds(bound, value, cpu, holds):
    check = run.compare(MEDIANS, *bound)
    assert (check["value"], check["cpu"], check["holds"]) == (pytest.approx(value), pytest.approx(cpu), holds)


def test_what_was_not_measured_is_not_judged():
    assert run.compare(MEDIANS, "images", "torch / nnlib", ">=", 4) is None


def test_every_row_can_be_measured():
    assert {f"{work} {way}" for work, ways in run.WAYS.items() for way in ways} == set(works.WORKS)
    assert {work for work, *_ in run.BOUNDS} == set(run.WAYS) == set(run.TITLES)


@pytest.mark.parametrize("settings", [works.IMAGES, works.CNN])
def test_images_count_by_an_epoch_after_the_first_and_the_others_by_the_whole_training(settings):
    laps = [{"seconds": 5.0, "cpu": 9.0}, {"seconds": 6.0, "cpu": 11.0}, {"seconds": 8.0, "cpu": 15.0}]
    total = {"seconds": 8.5, "cpu": 16.0}
    by_epoch = {"loss": 0.5, "seconds": 1.5, "cpu": 3.0, "first": 5.0, "first_cpu": 9.0}
    assert works.report(total, laps, 0.5, settings) == by_epoch
    assert works.report(total, laps, 0.5, works.PHONES) == {"loss": 0.5} | total
