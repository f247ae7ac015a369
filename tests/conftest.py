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


# The form of the notebooks is seen in seconds: before anything trains. Then the files that take longest, so that the
# workers are ready together.
FIRST = ["test_notebooks.py", "test_exercises.py", "test_site.py", "test_fit.py", "test_rules.py", "test_project.py"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))
