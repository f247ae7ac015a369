"""Data sets of the course: real where they are to be had, stand-ins where not.

>>> from nnlib.data import load_cifar10
>>> data = load_cifar10("stand-in")
CIFAR-10: STAND-IN as asked (60,000 drawn silhouettes of the ten classes).
>>> data.class_names[data.y_train[0]] in data.class_names
True
"""

from .cifar10 import load_cifar10
from .containers import ImageData, TableData
from .mnist import load_mnist
from .phone_prices import load_phone_prices, validate_phone_prices

__all__ = [
    "ImageData",
    "TableData",
    "load_cifar10",
    "load_mnist",
    "load_phone_prices",
    "validate_phone_prices",
]
