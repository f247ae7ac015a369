import random
import signal
import sys

import matplotlib
import matplotlib.pyplot as plt

matplotlib.use("agg")
# Started by nohup or cron, Python ignores SIGINT, and so would each process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


class _EachForItself:
    def pytest_runtest_setup(self):
        random.seed(0)  # Keras draws the seeds of layers from here: no test passes or fails by chance
        if tensorflow := sys.modules.get("tensorflow"):  # what NumPy computes is compared to five digits
            tensorflow.config.experimental.enable_tensor_float_32_execution(False)

    def pytest_runtest_teardown(self):
        plt.close("all")


def pytest_configure(config):
    config.pluginmanager.register(_EachForItself())  # a fixture would not reach the examples in nnlib's docstrings


def pytest_collection_modifyitems(items):
    # The form of the notebooks is seen in seconds: before anything trains.
    items.sort(key=lambda item: item.path.name != "test_notebooks.py")
