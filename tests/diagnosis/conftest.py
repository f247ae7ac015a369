import gc

import keras  # noqa: F401 (before the freeze: its objects stay out of every later collection)
import pytest


@pytest.fixture(scope="session", autouse=True)
def _collect_less():
    """Keep what the imports made out of the garbage collector, which clear_session calls before each of 400 set-ups."""
    gc.collect()
    gc.freeze()
