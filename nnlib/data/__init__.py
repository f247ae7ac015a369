# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Data sets of the course: real where they are to be had, stand-ins where not.

This folder stands alone. It needs NumPy, pandas and platformdirs; scikit-learn for the stand-in of MNIST;
requests, filelock and tqdm for a download.

>>> from nnlib.data import load_cifar10
>>> data = load_cifar10("stand-in")
CIFAR-10: STAND-IN as asked (60,000 drawn silhouettes of the ten classes).
>>> data.class_names[data.y_train[0]] in data.class_names
True
"""

from .cifar10 import CIFAR10, load_cifar10
from .containers import ImageData, TableData
from .mnist import MNIST, load_mnist
from .phone_prices import PHONE_PRICES, load_phone_prices
from .tales import load_tales

DATA_SETS = {data_set.key: data_set for data_set in (CIFAR10, MNIST, PHONE_PRICES)}

__all__ = [
    "DATA_SETS",
    "ImageData",
    "TableData",
    "load_cifar10",
    "load_mnist",
    "load_phone_prices",
    "load_tales",
]
