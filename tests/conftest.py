import random
import signal

import matplotlib
import matplotlib.pyplot as plt

matplotlib.use("agg")
# Started by nohup or cron, Python ignores SIGINT, and so would each process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


class _EachForItself:
    def pytest_runtest_setup(self):
        random.seed(0)  # Keras draws the seeds of layers from here: no test passes or fails by chance

    def pytest_runtest_teardown(self):
        plt.close("all")


def pytest_configure(config):
    config.pluginmanager.register(_EachForItself())  # a fixture would not reach the examples in nnlib's docstrings


def pytest_collection_modifyitems(items):
    # The form of the notebooks is seen in seconds: before anything trains.
    items.sort(key=lambda item: item.path.name != "test_notebooks.py")
