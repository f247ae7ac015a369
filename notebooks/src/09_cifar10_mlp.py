# %% [markdown]
# # 09 · CIFAR-10 with an MLP
#
# **How far does a network get that looks at photographs as lists of numbers?**
#
# After this lesson you can
#
# - prepare images and labels for a classifier, and count its parameters layer by layer;
# - build the same network with `Sequential` and with the functional API;
# - choose loss, optimizer and metrics in `compile` for a given task;
# - read predictions as probabilities, and a confusion matrix as a list of habits;
# - save a trained model, load it, and say what this kind of model cannot see.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 01–05 and 08 | under 1 minute | CIFAR-10: 60,000 photographs, 32 × 32 |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_cifar10
from nnlib.models import mlp
from nnlib.plotting import COLORS, plot_confusion, plot_history, plot_probabilities, show_images

import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

seed = set_seed()

# %%
EPOCHS = 10
BATCH_SIZE = 32
LEARNING_RATE = 5e-4
UNITS = (200, 150)

# %% [markdown]
# ## The data
#
# CIFAR-10 holds small colour photographs of ten kinds of things, 6,000 of each. The line below says which copy was
# found. Without a network it is a drawn stand-in of the same size and about the same difficulty, and everything in
# this lesson works on it too.

# %%
data = load_cifar10()
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
names = np.array(data.class_names)
pd.DataFrame(
    {"shape": [x_train.shape, y_train.shape, x_test.shape, y_test.shape]},
    index=["x_train", "y_train", "x_test", "y_test"],
)

# %% alt="Ten small pictures in two rows, each with the name of its class below."
ax = show_images(x_train[:10], names[y_train[:10]], title="The first ten training images")

# %% [markdown]
# Thirty-two pixels a side are few. If you hesitate at some of them, you are in good company; keep that in mind when
# we judge the network.
#
# ### From pixels to inputs
#
# Each pixel has three numbers, red, green and blue, from 0 to 255. Networks learn best from inputs of about the size
# of 1, so we divide by 255. The model will do that itself, with a `Rescaling` layer: the images stay small in memory
# (one byte a number, not four), and nobody who uses the model later can forget it.

# %%
rescale = keras.layers.Rescaling(1 / 255)
scaled = keras.ops.convert_to_numpy(rescale(x_train[:100]))
print(f"before: {x_train[:100].min()} to {x_train[:100].max()}, {x_train.dtype}")
print(f"after:  {scaled.min():.2f} to {scaled.max():.2f}, {scaled.dtype}")

# %% [markdown]
# ### From labels to targets
#
# A label is a number from 0 to 9, but a frog is not "twice a cat". The network gets ten outputs, one a class, and the
# target says which of them should be 1. That is **one-hot** coding.

# %%
t_train = keras.utils.to_categorical(y_train, 10)
t_test = keras.utils.to_categorical(y_test, 10)
print(f"label {y_train[0]} ({names[y_train[0]]}) becomes {t_train[0]}")

# %% [markdown]
# ### What would be good?
#
# All classes are equally frequent, so guessing scores 0.10. A better yardstick is the simplest model that learns at
# all: one layer, straight from the pixels to the ten outputs. It shows what the *hidden* layers are worth.

# %%
linear = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
linear.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
linear_history = fit(linear, x_train, t_train, batch_size=128, epochs=5)

# %% [markdown]
# ## Build
#
# A *multilayer perceptron* (MLP) flattens the image into a list of 32 · 32 · 3 = 3,072 numbers and sends it through
# `Dense` layers: 200 units, 150 units, and 10 outputs. ReLU inside, softmax at the end, which turns ten numbers into
# probabilities.

# %%
model = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        *[keras.layers.Dense(width, activation="relu") for width in UNITS],
        keras.layers.Dense(10, activation="softmax"),
    ]
)

# %% [markdown]
# **Predict** before you run the next cell: how many parameters does the first `Dense` layer have? Each of its 200
# units has one weight for each of the 3,072 inputs, and a bias.

# %%
sizes = [3072, *UNITS, 10]
rows = []
for inputs, units in zip(sizes[:-1], sizes[1:], strict=True):
    rows.append((f"{inputs:,} → {units}", inputs * units, units, inputs * units + units))
table = pd.DataFrame(rows, columns=["layer", "weights", "biases", "parameters"])
table

# %%
model.summary()
expect("parameters", model.count_params(), table["parameters"].sum(), table["parameters"].sum())
if UNITS == (200, 150):
    expect("parameters", model.count_params(), 646_260, 646_260)

# %% [markdown]
# Ninety-five of every hundred parameters sit in the first layer, because every unit looks at every pixel. Rescaling
# and flattening have none: there is nothing in them to learn.
#
# ### The same model, functional
#
# `Sequential` is a list. The **functional** API calls one layer on the output of another and so can also build
# branches and joins. For a plain stack both say the same.

# %%
inputs = keras.Input((32, 32, 3))
h = keras.layers.Rescaling(1 / 255)(inputs)
h = keras.layers.Flatten()(h)
for width in UNITS:
    h = keras.layers.Dense(width, activation="relu")(h)
outputs = keras.layers.Dense(10, activation="softmax")(h)
functional = keras.Model(inputs, outputs)

# %% [markdown]
# Give both the same weights, and they must give the same answers.

# %%
functional.set_weights(model.get_weights())
difference = model.predict_on_batch(x_test[:100]) - functional.predict_on_batch(x_test[:100])
expect("largest difference between the two", np.abs(difference).max(), high=1e-6)

# %% [markdown]
# From here on `nnlib.models.mlp` builds such stacks. It is the same again:

# %%
same = mlp((32, 32, 3), UNITS, 10)
expect(
    "parameters of nnlib's version", same.count_params(), model.count_params(), model.count_params()
)

# %% [markdown]
# ## Compile
#
# Three choices. The **loss** follows from the task:
#
# | Task | Last activation | Loss |
# | --- | --- | --- |
# | two classes | `sigmoid`, 1 unit | `binary_crossentropy` |
# | exclusive classes, one-hot targets | `softmax`, 1 unit a class | `categorical_crossentropy` |
# | exclusive classes, labels as integers | `softmax`, 1 unit a class | `sparse_categorical_crossentropy` |
# | regression | none | `mean_squared_error` |
#
# The **optimizer** can be a name (`"adam"`, with default settings) or an object (when you want to set the learning
# rate). **Metrics** only watch: they are computed and shown, and have no influence on training.

# %%
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=LEARNING_RATE),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)

# %% [markdown]
# What loss should an untrained network have? If it gives each of ten classes a probability of about 0.1, then
# $-\ln 0.1 \approx 2.30$. A start far above that would tell of a mistake.

# %%
start_loss = model.evaluate(x_train[:2000], t_train[:2000], verbose=0)[0]
print(f"ln 10 = {np.log(10):.2f}")
expect("loss before training", start_loss, 2.2, 2.8)

# %% [markdown]
# ## Fit
#
# With 32 images a step, one pass over the 50,000 takes 1,563 steps, the last one with 16 images.

# %%
steps = int(np.ceil(len(x_train) / BATCH_SIZE))
print(f"{steps:,} steps an epoch, {steps * EPOCHS:,} in all")

# %%
history = fit(model, x_train, t_train, batch_size=BATCH_SIZE, epochs=EPOCHS)

# %% alt="Two learning curves over ten epochs: the loss falls, the accuracy climbs well above the linear model; both are still moving at the end."
both = {"MLP": history, "linear model": linear_history}
colors = {"MLP": COLORS["blue"], "linear model": COLORS["orange"]}
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
plot_history(both, "loss", colors=colors, title="The loss falls", ax=axes[0])
ax = plot_history(both, "accuracy", colors=colors, title="The accuracy climbs", ax=axes[1])

# %% [markdown]
# Both models learn fast in the first epoch and slowly later. The linear one levels off early; the hidden layers let the
# MLP go on.

# %%
loss, accuracy = history.history["loss"], history.history["accuracy"]
if data.is_real and (EPOCHS, BATCH_SIZE, UNITS) == (10, 32, (200, 150)):
    expect("loss, first epoch", loss[0], 1.80, 1.90)
    expect("loss, last epoch", loss[-1], 1.33, 1.41)
    expect("training accuracy, first epoch", accuracy[0], 0.31, 0.35)
    expect("training accuracy, last epoch", accuracy[-1], 0.49, 0.53)

# %% [markdown]
# ## The test
#
# Training accuracy is a score on questions whose answers the model has seen. The 10,000 test images were kept away
# until now, and we look at them once. (We chose no setting by looking at a score, so this lesson needs no validation
# set; lesson 10 chooses, and has one.)

# %%
test_loss, test_accuracy = model.evaluate(x_test, t_test, batch_size=1000, verbose=0)
linear_accuracy = linear.evaluate(x_test, t_test, batch_size=1000, verbose=0)[1]
low, high = (0.46, 0.53) if data.is_real else (0.44, 0.60)
expect("test accuracy", test_accuracy, low, high)
pd.DataFrame(
    {"test accuracy": [0.1, linear_accuracy, test_accuracy]},
    index=["guessing", "linear model", "MLP"],
).round(3)

# %% [markdown]
# About half of the images are recognised: five times better than guessing, and far from good.

# %%
expect("MLP − linear model", test_accuracy - linear_accuracy, low=0.02)

# %% [markdown]
# ## Reading predictions
#
# `predict` returns ten probabilities for each image.

# %%
probabilities = model.predict(x_test, batch_size=1000, verbose=0)
predicted = probabilities.argmax(axis=1)
print(probabilities.shape)
expect("smallest sum of a row", probabilities.sum(axis=1).min(), 0.9999, 1.0001)
expect("largest sum of a row", probabilities.sum(axis=1).max(), 0.9999, 1.0001)

# %% [markdown]
# Let us read two of them in full: the first test image that the model gets right, and the first that it gets wrong.

# %% alt="Two rows, each with a picture on the left and ten bars of probability on the right. In the first row the longest bar is the true class, in the second it is another one."
right, wrong = np.argmax(predicted == y_test), np.argmax(predicted != y_test)
figure, axes = plt.subplots(2, 2, figsize=(9, 8.5), width_ratios=(1, 2), layout="constrained")
for row, i, verdict in zip(axes, (right, wrong), ("right", "wrong"), strict=True):
    show_images(x_test[[i]], names[y_test[[i]]], n=1, ax=row[0])
    plot_probabilities(
        probabilities[i], names, truth=y_test[i], title=f"Test image {i}: {verdict}", ax=row[1]
    )

# %% [markdown]
# A prediction is more than a name: the lengths of the bars say how much the model leans towards it, and what it
# would say next.
#
# Ten random test images show how often it is right.

# %% alt="Ten test pictures; right predictions have a tick and a thin frame, wrong ones a cross, a thick frame and the true class."
chosen = np.random.default_rng(seed).choice(len(x_test), size=10, replace=False)
ax = show_images(
    x_test[chosen],
    names[y_test[chosen]],
    predictions=names[predicted[chosen]],
    title="Ten random test images",
)

# %% [markdown]
# Run the cell with another seed and the mistakes change, but not their kind. To see the kind, count them all.
#
# **Predict:** which two classes does the model mix up most?

# %% alt="A ten by ten table of percentages, darkest on the diagonal, with darker spots where similar classes meet."
ax = plot_confusion(y_test, predicted, class_names=names)

# %% [markdown]
# Each row is a true class and sums to 100. The diagonal is what went right. The largest numbers beside it are the
# habits of the model:

# %%
pairs = pd.DataFrame({"true": names[y_test], "predicted": names[predicted]})
pairs = pairs[pairs["true"] != pairs["predicted"]]
pairs.value_counts().head(6).rename("test images").reset_index()

# %% [markdown]
# Is there a system in the mistakes? Six of the classes are animals, four are vehicles. If a wrong answer were drawn
# at random from the nine wrong classes, it would stay within the same kind in 47 of 100 cases.

# %%
animal = np.isin(names, ["bird", "cat", "deer", "dog", "frog", "horse"])
mistakes = predicted != y_test
same_kind = (animal[y_test] == animal[predicted])[mistakes].mean()
expect("mistakes within animals or within vehicles", same_kind, low=0.5)

cat, dog = data.class_names.index("cat"), data.class_names.index("dog")
print(f"cats taken for dogs: {np.mean(predicted[y_test == cat] == dog):.0%}, by chance about 6%")

# %% [markdown]
# So the model has learnt something about what things look like: what it mixes up does look alike.

# %% [markdown]
# ## What the model cannot see
#
# Here is a strange experiment. Mix up the 1,024 pixels of every image, all in the *same* way.

# %% alt="Top row: five pictures. Bottom row: the same pictures with their pixels mixed up, nothing but coloured noise to the eye."
order = np.random.default_rng(seed).permutation(32 * 32)


def shuffle_pixels(images):
    return images.reshape(-1, 32 * 32, 3)[:, order].reshape(images.shape)


shown = np.concatenate([x_test[:5], shuffle_pixels(x_test[:5])])
ax = show_images(shown, title="Five images, and the same five with their pixels mixed up")

# %% [markdown]
# You can no longer tell a ship from a frog. **Predict:** how much worse will the MLP be that is trained on such
# images?

# %%
scores = {}
for name, images, tests in (
    ("original", x_train, x_test),
    ("mixed up", shuffle_pixels(x_train), shuffle_pixels(x_test)),
):
    twin = keras.Sequential([keras.layers.Rescaling(1 / 255), mlp((32, 32, 3), UNITS, 10)])
    twin.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit(twin, images, y_train, batch_size=256, epochs=3)
    scores[name] = twin.evaluate(tests, y_test, batch_size=1000, verbose=0)[1]
pd.Series(scores, name="test accuracy after 3 epochs").round(3).to_frame()

# %% [markdown]
# Not at all worse, apart from the luck of the start. To a `Dense` layer the order of its inputs means nothing: it
# does not know that two pixels are neighbours, or that a cat stays a cat when it moves to the left. It has to learn
# that anew for every place. A layer that *knows* about neighbours is the subject of lesson 12.

# %%
expect("original − mixed up", scores["original"] - scores["mixed up"], -0.06, 0.06)

# %% [markdown]
# ## Save and load
#
# A `.keras` file holds the architecture, the weights, and the state of the optimizer.

# %%
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "cifar10_mlp.keras"
    model.save(path)
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    loaded = keras.models.load_model(path)

difference = np.abs(loaded.predict_on_batch(x_test[:1000]) - probabilities[:1000]).max()
expect("largest difference after loading", difference, high=1e-6)

# %% [markdown]
# ## Recap
#
# - Scale the pixels, code the labels, and give the output layer one softmax unit a class.
# - A `Dense` layer has (inputs + 1) · units parameters; on images the first layer has nearly all of them.
# - Before training the loss should be near ln(classes); afterwards compare with guessing and with a linear model.
# - A prediction is a row of probabilities; the confusion matrix shows which classes the model mixes up.
# - An MLP does not know what a neighbourhood is.
#
# ## Common mistakes
#
# - **Integer labels with `categorical_crossentropy`**, or one-hot targets with the sparse form: the shapes do not
#   fit, or, worse, they do by accident.
# - **Raw pixels from 0 to 255** without rescaling: learning is slow or fails.
# - **Rescaling twice**, once by hand and once in the model: the inputs are then tiny.
# - **Choosing settings by the test score.** Then it is a validation score, and you have no test left.
# - **Reading a probability as certainty.** Among the wrong answers there are confident ones; lesson 08 shows some.
#
# ## Next
#
# [Lesson 10](10_phone_prices.ipynb) leaves images for a table of phones, where the inputs are not scaled at all, and a
# simple model has a surprise in store.
