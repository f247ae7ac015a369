import gc

import keras  # noqa: F401 (before the freeze: its objects stay out of every later collection)
import pytest

collect_ignore = ["cases"]  # no tests: looked at for doctests, each set-up would be imported and listed once more


@pytest.fixture(scope="session", autouse=True)
def _collect_less():
    """Keep what the imports made out of the garbage collector, which has much to do after each of 400 set-ups."""
    gc.collect()
    gc.freeze()
