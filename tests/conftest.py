import signal

import matplotlib
import matplotlib.pyplot as plt
import pytest

matplotlib.use("agg")
# Started by nohup or cron, Python ignores SIGINT, and so would each process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def pytest_collection_modifyitems(items):
    # The form of the notebooks is seen in seconds: before anything trains.
    items.sort(key=lambda item: item.path.name != "test_notebooks.py")
