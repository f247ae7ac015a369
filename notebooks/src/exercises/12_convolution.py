# %% [markdown]
# # Exercises to lesson 12 · Convolution
#
# Seven exercises, about 45 minutes. [Lesson 12](../12_convolution.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_12 import coloured_digits, exercises, trained_base
from nnlib.diagnosis import diagnose
from nnlib.plotting import show_images

import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: a row of a feature map (4 points, 6 minutes)
#
# A grey image, a kernel of 2 × 2 and a bias; stride 1, no padding. Which numbers stand in the *first row* of the feature
# map?

# %%
sheet.task("window")

# %%
first_row = [...]  # its numbers, with commas between them
### BEGIN SOLUTION
# for example first window: 0·(−2) + 5·(−1) + 4·2 + 1·1 − 3 = 1
first_row = [1, -13, -3]
### END SOLUTION

# %%
sheet.check("window", first_row)

# %% [markdown]
# ## 2 · On paper: sizes (4 points, 8 minutes)
#
# How many rows has a map of layer 3? How many parameters has layer 3? How many pixels wide is the receptive field of a unit
# of layer 3? And in which row of pixels, counted from 0, does the patch begin that excites the first filter most?

# %%
sheet.task("sizes")

# %%
rows, parameters, field, top = ..., ..., ..., ...
### BEGIN SOLUTION
# rows: 28 → 11 → 5 → 3; field, from the top: 3 units → 6 units → 17 pixels
# one row further in layer 3 is 2 · 2 · 1 = 4 rows of pixels further
rows, parameters, field, top = 3, (3 * 3 * 8 + 1) * 24, 17, 2 * 4
### END SOLUTION

# %%
sheet.check("sizes", (rows, parameters, field, top))

# %% [markdown]
# ## 3 · By code: one filter (4 points, 9 minutes)
#
# A colour image, a kernel that need not be square, a bias, a stride, and `padding` rings of zeros around the image. Return
# the feature map. Loops are welcome.


# %%
def convolve(image, kernel, bias, stride, padding):
    """Map (rows, columns) of image (height, width, channels), kernel (height, width, channels)."""
    ### BEGIN SOLUTION
    image = np.pad(image, [(padding, padding), (padding, padding), (0, 0)])
    height, width = kernel.shape[:2]
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    feature_map = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        window = image[i * stride : i * stride + height, j * stride : j * stride + width]
        feature_map[i, j] = np.sum(window * kernel) + bias
    return feature_map
    ### END SOLUTION


# %%
sheet.check("convolve", convolve)

# %% alt="Two pictures. Left a small grey digit. Right its feature map: bright at the left edges of the strokes, dark at their right edges."
x_train, y_train, x_test, y_test = coloured_digits()
if sheet.solved("convolve"):
    digit = x_train[0].mean(axis=0)[:, :, None] / 255
    kernel = np.array([[-1.0, 0, 1], [-1.0, 0, 1], [-1.0, 0, 1]])[:, :, None]
    edges = np.asarray(convolve(digit, kernel, 0, 1, 1))  # from −3 to 3
    both = [digit[:, :, 0], 0.5 + edges / 6]
    title = "A digit, and its left (bright)\nand right (dark) edges"
    ax = show_images(both, n=2, columns=2, title=title)

# %% [markdown]
# ## 4 · Predict: a moved picture (2 points, 4 minutes)
#
# A picture is black around the object in its middle. The object moves 5 pixels to the right, still far from the border. Two
# networks have the same convolutions with stride 1. In one, global max pooling and a `Dense` layer come after them, in the
# other one `Flatten` and a `Dense` layer. Whose answer can change?
#
# - **a** Neither: convolutions do not mind shifts.
# - **b** Both: other pixels are bright now.
# - **c** Only that of the network with `Flatten`.
# - **d** Only that of the network with pooling.

# %%
changes = ...  # one letter
### BEGIN SOLUTION
changes = "c"
### END SOLUTION

# %%
sheet.check("shift", changes)

# %% [markdown]
# Run the next cell after your prediction: random weights, and the largest change of an output.

# %%
scene = np.zeros((1, 24, 24, 1), dtype="float32")
scene[:, 8:16, 6:14, 0] = x_train[0].mean(axis=0) / 255
moved = np.roll(scene, 5, axis=2)
convolutions = [layers.Conv2D(8, 3, activation="relu"), layers.Conv2D(8, 3, activation="relu")]
for place_matters in (layers.GlobalMaxPooling2D(), layers.Flatten()):
    network = keras.Sequential(
        [keras.Input((24, 24, 1)), *convolutions, place_matters, layers.Dense(2)]
    )
    change = np.abs(network(moved) - network(scene)).max()
    print(f"{type(place_matters).__name__}: {change:.6f}")

# %% [markdown]
# ## 5 · Repair: strange pictures (4 points, 7 minutes)
#
# Digits in colour. The array has the shape (1000, 3, 8, 8): colours first, bytes from 0 to 255. Somebody wrote
# `prepare_badly` for it. With these pictures the network gets far fewer right than it should.


# %%
def prepare_badly(pictures):
    return pictures.reshape(len(pictures), 8, 8, 3)


# %%
def trained(pictures, labels):
    convolutions = [layers.Conv2D(n, 3, padding="same", activation="relu") for n in (16, 32)]
    last = [layers.GlobalMaxPooling2D(), layers.Dense(10, activation="softmax")]
    network = keras.Sequential([keras.Input((8, 8, 3)), *convolutions, *last])
    network.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    fit(network, pictures, labels, batch_size=50, epochs=5, verbose=0)
    return network


# %%
def share_right(network, pictures, labels):
    return np.mean(network(pictures).numpy().argmax(axis=1) == labels)


sick = trained(prepare_badly(x_train), y_train)
print(f"test accuracy: {share_right(sick, prepare_badly(x_test), y_test):.2f}")

# %% [markdown]
# Find what is wrong (there are two faults). Then return pictures that a Keras layer reads correctly, with pixels from 0
# to 1.


# %%
def prepare(pictures):
    """Shape (n, rows, columns, 3), pixels from 0 to 1, from the shape (n, 3, rows, columns)."""
    ### BEGIN SOLUTION
    return np.moveaxis(pictures, 1, 3) / 255
    ### END SOLUTION


# %%
sheet.check("prepare", prepare)

# %% alt="Five coloured digits that can be read."
if sheet.solved("prepare"):
    prepared, prepared_test = np.asarray(prepare(x_train)), np.asarray(prepare(x_test))
    cured = trained(prepared, y_train)
    print(f"test accuracy: {share_right(cured, prepared_test, y_test):.2f}")
    ax = show_images(prepared, y_train, n=5, title="Prepared correctly")

# %% [markdown]
# Now let `diagnose` look at the sick network and its pictures. Does it name what you found?

# %%
diagnose(sick, prepare_badly(x_train), y_train)

# %% [markdown]
# ## 6 · By code: build it (4 points, 6 minutes)
#
# Pictures have the shape (32, 32, 3), with pixels from 0 to 255. Build a network for them. First it scales the pixels to
# 0 … 1. Then come two convolutions of 3 × 3 with 12 and 24 filters, stride 2, ReLU and no padding, then global max pooling,
# and softmax for five classes. Return the network, not compiled.


# %%
def build():
    """A network, not compiled: from pictures (n, 32, 32, 3) to shares (n, 5)."""
    ### BEGIN SOLUTION
    first = [keras.Input((32, 32, 3)), layers.Rescaling(1 / 255)]
    convolutions = [layers.Conv2D(n, 3, strides=2, activation="relu") for n in (12, 24)]
    last = [layers.GlobalMaxPooling2D(), layers.Dense(5, activation="softmax")]
    return keras.Sequential([*first, *convolutions, *last])
    ### END SOLUTION


# %%
sheet.check("build", build)

# %% [markdown]
# ## 7 · Transfer: eights and nines (4 points, 5 minutes)
#
# `trained_base()` gives two convolutions and `Flatten`, trained on the digits 0 to 7. You have 20 images of 8 and 9. Freeze
# the base, put a new layer for two classes on it, and train. Return base and new layer as one network. At least 90 % of
# other eights and nines should be right. (From scratch, with all layers trained, about 93 % are right.)


# %%
def reuse(x, y):
    """Return the trained network; x has the shape (20, 8, 8, 1), y is 0 for an 8 and 1 for a 9."""
    ### BEGIN SOLUTION
    base = trained_base()
    base.trainable = False
    model = keras.Sequential([keras.Input((8, 8, 1)), base, layers.Dense(2, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    fit(model, x, y, batch_size=10, epochs=30, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("reuse", reuse)

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
