"""Draw `cover.png`, the picture in the README: three lessons at a glance.

Run `python -m tools.cover`; with `NNLIB_DATA` set it shows real photographs.
"""

from pathlib import Path

from nnlib.training import fit, set_seed  # isort: skip  first: keeps TensorFlow quiet
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from nnlib.data import load_cifar10
from nnlib.models import mlp
from nnlib.plotting import plot_decision_boundary, plot_loss_surface, show_images

seed = set_seed()
figure, axes = plt.subplots(1, 3, figsize=(15, 4.4), layout="constrained", dpi=80)

# Lesson 01: gradient descent on the loss of a line through six points.
x = np.arange(-1.0, 5.0)
y = 2 * x - 1
path = [(-1.5, 2.5)]
for _ in range(60):
    error = path[-1][0] * x + path[-1][1] - y
    path.append((path[-1][0] - 0.1 * float(np.mean(error * x)), path[-1][1] - 0.1 * float(np.mean(error))))
plot_loss_surface(
    lambda w, b: np.mean((w[..., None] * x + b[..., None] - y) ** 2, axis=-1),
    (-2, 4),
    (-4, 3),
    path=path,
    title="Walk downhill: the loss of one neuron",
    ax=axes[0],
)

# Lesson 02: a boundary that no straight line can draw.
points, labels = make_moons(200, noise=0.15, random_state=seed)
model = mlp(2, (16, 16), 1, activation="tanh", output="sigmoid")
model.compile(keras.optimizers.Adam(0.03), "binary_crossentropy")
fit(model, points, labels, epochs=60, verbose=0)
plot_decision_boundary(model, points, labels, title="Hidden layers bend the boundary", ax=axes[1])

# Lesson 09: photographs, recognised or not.
data = load_cifar10()
classifier = keras.Sequential([keras.layers.Rescaling(1 / 255), mlp((32, 32, 3))])
classifier.compile(keras.optimizers.Adam(5e-4), "sparse_categorical_crossentropy")
fit(classifier, data.x_train, data.y_train, epochs=5, verbose=0)
names = np.array(data.class_names)
predicted = classifier.predict(data.x_test[:12], verbose=0).argmax(axis=1)
show_images(
    data.x_test[:12],
    names[data.y_test[:12]],
    predictions=names[predicted],
    n=8,
    columns=4,
    title="What an MLP makes of photographs",
    ax=axes[2],
)

figure.savefig(Path(__file__).parents[1] / "notebooks" / "cover.png")
