# %% [markdown]
# # Exercises to lesson 09 · An MLP for colour images
#
# Seven exercises, about 45 minutes. [Lesson 09](../09_cifar10_mlp.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_09 import colour_digits, exercises, learnt, loops
from nnlib.diagnosis import diagnose
from nnlib.models import mlp
from nnlib.plotting import plot_bars, show_images

import keras
import numpy as np

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: parameters (4 points, 6 minutes)
#
# How many parameters does this network have? The first `Dense` layer is then frozen. How many parameters can training still
# change?

# %%
sheet.task("parameters")

# %%
parameters, trainable = ..., ...
### BEGIN SOLUTION
# 8 · 8 · 3 = 192 inputs: 193 · 20 = 3,860, then 21 · 12 = 252 and 13 · 3 = 39
parameters, trainable = 3860 + 252 + 39, 252 + 39
### END SOLUTION

# %%
sheet.check("parameters", (parameters, trainable))

# %% [markdown]
# ## 2 · Predict: four losses (2 points, 4 minutes)
#
# Which loss suits each task? Give one letter for each, in the order A, B, C, D: `"b"` for `binary_crossentropy`, `"c"` for
# `categorical_crossentropy`, `"s"` for `sparse_categorical_crossentropy`, `"m"` for `mean_squared_error`.
#
# | | Question | Output layer | A target looks like |
# | --- | --- | --- | --- |
# | A | cat or dog? | 1 unit, sigmoid | `1` |
# | B | which of ten animals? | 10 units, softmax | `7` |
# | C | which of ten animals? | 10 units, softmax | `[0, 0, 0, 0, 0, 0, 0, 1, 0, 0]` |
# | D | what does it cost? | 1 unit, no activation | `249.5` |

# %%
losses = ..., ..., ..., ...  # four letters in quotation marks
### BEGIN SOLUTION
losses = "b", "s", "c", "m"
### END SOLUTION

# %%
sheet.check("losses", losses)

# %% [markdown]
# <details><summary>Why?</summary>
#
# Look at the outputs and at the target. One sigmoid: binary. Several classes and a class number: sparse. Several classes
# and a one-hot list: categorical. A price, which may be any number: squared error.
#
# </details>
#
# ## 3 · Predict: what steers? (2 points, 4 minutes)
#
# A network is trained twice, from the same start, with the same images in the same order. The second time one thing is
# changed. With which of the four changes are the weights at the end the same as before?
#
# - **a** `metrics=["accuracy"]` becomes `metrics=[]`.
# - **b** The batch size 32 becomes 64.
# - **c** The loss becomes `mean_squared_error`.
# - **d** `Rescaling(1 / 255)` becomes `Rescaling(2 / 255)`.

# %%
change = ...  # one letter
### BEGIN SOLUTION
change = "a"
### END SOLUTION

# %%
sheet.check("what steers", change)

# %% [markdown]
# Run the next two cells after your prediction: they try **a** and **c**. The images are small digits in colours.

# %% alt="Ten small digits in light colours on dark ones, each with its label."
x_train, y_train, x_test, y_test = colour_digits()
start = mlp((8, 8, 3), (32,), 10, rescale=1 / 255).get_weights()
ax = show_images(x_train[:10], y_train[:10], title="Digits in colours")


# %%
def trained(loss, metrics):
    """All weights after one epoch from the same start, in one row."""
    model = mlp((8, 8, 3), (32,), 10, rescale=1 / 255)
    model.compile("adam", loss, metrics=metrics)
    model.set_weights(start)
    targets = keras.utils.to_categorical(y_train, 10)
    fit(model, x_train, targets, shuffle=False, verbose=0)
    return np.concatenate([array.ravel() for array in model.get_weights()])


before = trained("categorical_crossentropy", ["accuracy"])
changed = {"a": trained("categorical_crossentropy", [])}
changed["c"] = trained("mean_squared_error", ["accuracy"])
for letter, weights in changed.items():
    print(f"{letter}: largest difference {np.abs(weights - before).max():.4f}")

# %% [markdown]
# ## 4 · By code: recall and precision (4 points, 8 minutes)
#
# A model gives one row of probabilities per image. For each class compute the recall and the precision of its answers, with
# NumPy only. Every class occurs among the labels. A class that is never the answer has the precision 0.


# %%
def by_class(probabilities, labels):
    """Recall and precision, each of shape (classes,); probabilities: (n, classes), labels: (n,)."""
    ### BEGIN SOLUTION
    answers = probabilities.argmax(axis=1)
    recall, precision = [], []
    for k in range(probabilities.shape[1]):
        hits = np.sum((answers == k) & (labels == k))
        recall.append(hits / np.sum(labels == k))
        precision.append(hits / max(np.sum(answers == k), 1))
    return np.array(recall), np.array(precision)
    ### END SOLUTION


# %%
sheet.check("by class", by_class)

# %% [markdown]
# ## 5 · By code: a network for mixed-up images (4 points, 9 minutes)
#
# The pixels of all images are mixed up in one way: `images.reshape(n, pixels, 3)[:, order]`. The three colours of a pixel stay
# together. With which first kernel does the network answer the mixed-up images as it answered the ordered ones with `kernel`?


# %%
def mixed_kernel(kernel, order):
    """The new kernel; kernel has the shape (3 · pixels, units), order the shape (pixels,)."""
    ### BEGIN SOLUTION
    by_pixel = kernel.reshape(len(order), 3, -1)
    return by_pixel[order].reshape(kernel.shape)
    ### END SOLUTION


# %%
sheet.check("mixed-up kernel", mixed_kernel)

# %% [markdown]
# Four ways to show a trained network the test images: as they are; mixed up, with your kernel; mixed up, with the kernel as
# it was; and moved to the right by a single pixel.

# %%
reader = mlp((8, 8, 3), (32,), 10, rescale=1 / 255)
adam = keras.optimizers.Adam(0.003)
reader.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
fit(reader, x_train, y_train, batch_size=50, epochs=15, verbose=0)
kernel, *rest = reader.get_weights()
order = np.random.default_rng(SEED).permutation(64)
mixed = x_test.reshape(-1, 64, 3)[:, order].reshape(x_test.shape)
moved = np.roll(x_test, 1, axis=2)

# %% alt="Four bars, test accuracy: as they are, and mixed up with the new kernel, are long and equal. Moved by one pixel is far shorter, and mixed up with the old kernel is near one in ten."
if sheet.solved("mixed-up kernel"):
    new = np.asarray(mixed_kernel(kernel, order))
    ways = {"as they are": (x_test, kernel), "mixed up, new kernel": (mixed, new)}
    ways |= {"mixed up, old kernel": (mixed, kernel), "moved by one pixel": (moved, kernel)}
    scores = {}
    for name, (images, first) in ways.items():
        reader.set_weights([first, *rest])
        scores[name] = reader.evaluate(images, y_test, batch_size=797, verbose=0)[1]
    ax = plot_bars(scores, title="An MLP does not know neighbours", xlabel="test accuracy")

# %% [markdown]
# <details><summary>What does it say?</summary>
#
# Mixed-up pixels are no harder than ordered ones, if the rows of the kernel move along. A move by one pixel, which changes
# nothing for us, costs the network much: each weight was learnt for one place.
#
# </details>
#
# ## 6 · Repair: a network that hardly learns (4 points, 7 minutes)
#
# The same digits. After 15 epochs most of the training images are still wrong.

# %%
x_small = x_train / 255
sick = mlp((8, 8, 3), (64,), 10, rescale=1 / 255)
adam = keras.optimizers.Adam(0.0005)
sick.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
history = fit(sick, x_small, y_train, batch_size=32, epochs=15, verbose=0).history
print("losses of epochs 1, 6, 11:", *np.round(history["loss"][::5], 2))
print("accuracy at the end:", round(history["accuracy"][-1], 2))

# %% [markdown]
# Find the cause first. Then return a network that reads the images as they come, from 0 to 255, and gets at least 85 % of the
# test images right.


# %%
def cured(x_train, y_train):
    """Return a trained model with ten outputs; x_train: (1000, 8, 8, 3), from 0 to 255."""
    ### BEGIN SOLUTION
    well = mlp((8, 8, 3), (64,), 10, rescale=1 / 255)
    well.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    fit(well, x_train, y_train, batch_size=50, epochs=15, verbose=0)
    return well
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, x_small, y_train)

# %% [markdown]
# ## 7 · Transfer: a layer that others have trained (4 points, 7 minutes)
#
# A new question: *does the digit hold a closed loop*, as 0, 6, 8 and 9 do? There are only 30 labelled images. Take over the
# hidden layer of a network that has learnt to read all ten digits, freeze it, and train a new output layer of two units. At
# least 75 % of the test images have to be right. (The learnt layer wants pixels divided by 255.)

# %%
kernel, bias = learnt()  # 192 inputs, 32 ReLU units
x_few, y_few, x_new, y_new = loops()


# %%
def taken_over(kernel, bias, x, y):
    """Return a trained model with two outputs; x has the shape (30, 8, 8, 3), from 0 to 255."""
    ### BEGIN SOLUTION
    network = mlp((8, 8, 3), (32,), 2, rescale=1 / 255)
    network.layers[2].set_weights([kernel, bias])
    network.layers[2].trainable = False
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    fit(network, x, y, batch_size=10, epochs=40, verbose=0)
    return network
    ### END SOLUTION


# %%
sheet.check("frozen layer", taken_over)

# %% [markdown]
# Is the learnt layer worth it? One start of your network, and one of a network that begins at random. Run the cell three
# times, and compare the spread with the difference.

# %% alt="Three bars, test accuracy: the learnt layer has the longest one, the random start the next, and the more frequent answer the shortest."
if sheet.solved("frozen layer"):
    fresh = mlp((8, 8, 3), (32,), 2, rescale=1 / 255)
    fresh.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    fit(fresh, x_few, y_few, batch_size=10, epochs=40, verbose=0)
    scores = {"more frequent answer": np.mean(y_new == 0)}
    models = {"learnt layer, frozen": taken_over(kernel, bias, x_few, y_few), "random start": fresh}
    for name, model in models.items():
        answers = model(x_new.astype("float32")).numpy().argmax(axis=1)
        scores[name] = np.mean(answers == y_new)
    ax = plot_bars(scores, title="Closed loop or not, from 30 images", xlabel="test accuracy")

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
