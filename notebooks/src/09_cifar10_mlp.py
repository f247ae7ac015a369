# %% [markdown]
# # 09 · CIFAR-10 with an MLP
#
# **How far does a network get that looks at photographs as lists of numbers?**
#
# After this lesson you can
#
# - build, count, compile, train and save a classifier of colour images, and read its summary line by line;
# - choose loss, optimizer and metrics for a task, and show that metrics only watch;
# - freeze layers, and check that training leaves them alone;
# - read predictions, and a confusion matrix by rows and by columns;
# - prove that an MLP does not know which pixels are neighbours, and measure what a shift does to it.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 02, 05, 07 and 08 | about 1 minute | CIFAR-10: 60,000 photographs, 32 × 32 |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_cifar10
from nnlib.models import mlp
from nnlib.plotting import COLORS, plot_confusion, plot_curves, plot_history
from nnlib.plotting import plot_probabilities, plot_spread, plot_steps, show_images
import tempfile
from pathlib import Path
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import IntSlider, interact

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
UNITS = (200, 150)
EPOCHS = 10
BATCH_SIZE = 32
LEARNING_RATE = 5e-4
RATES = (5e-5, 5e-4, 5e-3)  # tried in the short search
STARTS = 3

# %% [markdown]
# ## The data
#
# CIFAR-10 holds small colour photographs of ten kinds of things, 6,000 of each. The line below says which copy was
# found. Where there is no copy and no internet connection, it is a drawn stand-in of the same size and about the same
# difficulty. Everything in this lesson works on it too.

# %% alt="Ten small pictures in two rows, each with the name of its class below."
data = load_cifar10()
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
names = np.array(data.class_names)
print("training", x_train.shape, "test", x_test.shape, "pixels", x_train.min(), "to", x_train.max())
ax = show_images(x_train[:10], names[y_train[:10]], title="The first ten training images")

# %% [markdown]
# Each image has 32 · 32 pixels, and each pixel three numbers: red, green and blue, from 0 to 255. If you hesitate at
# some of the images, remember that when we judge the network.
#
# To choose settings we need a validation part ([lesson 08](08_digits_mlp.ipynb)): the last 5,000 training images. The
# test images stay closed until "The test". The long training of the MLP takes one-hot lists as targets, all other
# trainings take class numbers: the loss is the same ([lesson 05](05_losses.ipynb)).

# %%
x_fit, x_val, y_fit, y_val = x_train[:45_000], x_train[45_000:], y_train[:45_000], y_train[45_000:]
t_train = keras.utils.to_categorical(y_train, 10)
print(f"label {y_train[0]} ({names[y_train[0]]}) becomes {t_train[0]}")

# %% [markdown]
# ## Build
#
# The network is an MLP, as in [lesson 08](08_digits_mlp.ipynb). It flattens the image into 32 · 32 · 3 = 3,072 numbers
# and sends them through 200 ReLU units, 150 ReLU units and 10 softmax outputs. `Rescaling` divides the pixels by 255.
# It belongs to the model: whoever uses the model later cannot forget it.
#
# (Lesson 05 preferred logits, without softmax, for the loss. With a softmax at the end Keras finds the logits behind it
# by itself, and `predict` gives probabilities. So softmax is the convenient choice for a classifier.)

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
# **Your turn:** how many parameters does each `Dense` layer have?
#
# <details><summary>Answer</summary>
#
# (inputs + 1) · units, with the bias as the "+ 1": 3,073 · 200 = 614,600, then 201 · 150 = 30,150, then
# 151 · 10 = 1,510. Together 646,260.
#
# </details>

# %%
model.summary()
sizes = [3072, *UNITS, 10]
by_layer = [(n + 1) * units for n, units in zip(sizes[:-1], sizes[1:], strict=True)]
expect("parameters", model.count_params(), sum(by_layer), sum(by_layer))
print(
    " + ".join(f"{n:,}" for n in by_layer),
    f"; in the first layer: {by_layer[0] / sum(by_layer):.0%}",
)

# %% [markdown]
# Read the **summary** line by line:
#
# - one row per layer, from input to output. `Input` has no row: it only says what shape to expect;
# - *Output Shape* `(None, 200)`: 200 numbers per image. `None` stands for the number of images in a batch, which is
#   open;
# - *Param #*: 0 for `Rescaling` and `Flatten`, which have nothing to learn;
# - *Trainable params* are those that training may change. *Non-trainable* ones come later in this lesson.
#
# Nearly all parameters sit in the first layer: each of its 200 units has 3,072 weights.
#
# ### The same model in two more ways
#
# The functional form (lesson 02) calls one layer on the output of another. And `nnlib.models.mlp` builds what we have
# just written, with `rescale` the `Rescaling` layer as well. With equal weights all three must give equal answers.

# %%
inputs = keras.Input((32, 32, 3))
h = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
for width in UNITS:
    h = keras.layers.Dense(width, activation="relu")(h)
functional = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(h))
others = {"functional form": functional, "mlp": mlp((32, 32, 3), UNITS, 10, rescale=1 / 255)}
for name, other in others.items():
    other.set_weights(model.get_weights())
    difference = (model(x_val[:100]) - other(x_val[:100])).numpy()
    expect(f"{name}: largest difference", np.abs(difference).max(), high=1e-6)

# %% [markdown]
# ## Compile
#
# Three choices. The **loss** follows from the task:
#
# | Task | Last activation | Loss | A metric |
# | --- | --- | --- | --- |
# | two classes | `sigmoid`, 1 unit | `binary_crossentropy` | `accuracy` |
# | one class of several, one-hot targets | `softmax`, 1 unit per class | `categorical_crossentropy` | `accuracy` |
# | one class of several, labels as integers | `softmax`, 1 unit per class | `sparse_categorical_crossentropy` | `accuracy` |
# | regression | none | `mean_squared_error` | `mean_absolute_error` |
#
# The **optimizer** can be a name (`"adam"`, with its default settings) or an object, when you want to set the learning
# rate. Which one? Adam is a usual first choice; its rate has to be searched for (below, and [lesson
# 07](07_optimizers.ipynb)). **Metrics** can be names or objects, too. `SparseTopKCategoricalAccuracy(k=3)` counts an
# answer as right if the true class is among the three most probable ones (**top-3 accuracy**).
#
# Two typing errors that are often made: in the name of a loss, which Keras notices when it looks the name up, and in
# the name of a method, which Python reports at once.

# %%
for attempt in (lambda: keras.losses.get("categotial_crossentropy"), lambda: model.complie("adam")):
    try:
        attempt()
    except (ValueError, AttributeError) as error:
        print(f"{type(error).__name__}: {str(error).splitlines()[0][:90]}")

# %% [markdown]
# ### Does a metric steer?
#
# The loss steers training: its gradient moves the weights. A **metric** is computed as well. Does it move them, too?
# Two networks, the same start, the same order of images, one without metrics and one with two. **Predict:** how much do
# their weights differ after training?


# %%
def compiled(model, metrics):
    """The model with Adam, ready to train."""
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=metrics)
    optimizer.build(model.trainable_variables)
    return model


# %%
top_3 = keras.metrics.SparseTopKCategoricalAccuracy(k=3, name="top-3 accuracy")
blind = compiled(mlp((32, 32, 3), UNITS, 10, rescale=1 / 255), [])
watched = compiled(mlp((32, 32, 3), UNITS, 10, rescale=1 / 255), ["accuracy", top_3])
blind.set_weights(watched.get_weights())
for network in (blind, watched):
    history = fit(network, x_fit[:3200], y_fit[:3200], shuffle=False, verbose=0)
pairs = zip(blind.get_weights(), watched.get_weights(), strict=True)
difference = max(np.abs(a - b).max() for a, b in pairs)
print(f"largest difference of the weights: {difference:g}")
print({name: round(values[-1], 3) for name, values in history.history.items()})

# %% [markdown]
# None: by themselves metrics only watch. Choose as many as help *you*.
#
# ### Which learning rate?
#
# The rate of 0.0005 and the ten epochs of this lesson are those of a known example with this network, in D. Foster's
# book *Generative Deep Learning*, so that numbers can be compared. Is the rate reasonable? And which rate suits a
# **linear model**, the baseline without a hidden layer? A short search, by one procedure for both: three rates, each
# ten times the one before, three starts per rate, 100 updates, and then the loss on 2,000 validation images. The lowest
# mean wins.


# %%
expect("metrics: largest difference of the weights", difference, high=1e-6)  # printed above


def linear_model():
    """Softmax of ten weighted sums of the pixels."""
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
    return keras.Sequential([keras.Input((32, 32, 3)), *layers, keras.layers.Dense(10, "softmax")])


def restart(model, start):
    """Put the start weights in, and set all that the optimizer remembers to 0 (lesson 08)."""
    model.set_weights(start)
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))


# %%
options = {"batch_size": BATCH_SIZE, "validation_batch_size": 1000, "verbose": 0}
options["validation_data"] = x_val[:2000], y_val[:2000]
short, rivals = {}, {"MLP": watched, "linear model": compiled(linear_model(), ["accuracy"])}
for name, network in rivals.items():
    starts = [keras.models.clone_model(network).get_weights() for _ in range(STARTS)]  # new, random
    for rate in RATES:
        for run, start in enumerate(starts):
            restart(network, start)
            network.optimizer.learning_rate = rate
            scores = fit(network, x_fit[:3200], y_fit[:3200], **options).history
            short[name, rate, run] = scores["val_loss"][0], scores["val_accuracy"][0]
losses = pd.Series({key: loss for key, (loss, _) in short.items()}).unstack()

# %% alt="Left: validation loss after 100 updates against the learning rate for the MLP and the linear model; the linear model's is a valley, the MLP's nearly level. Right: validation accuracy of three starts of each at its best rate."
colors = {"MLP": COLORS["blue"], "linear model": COLORS["orange"]}
means = losses.mean(axis=1).unstack(0)
best = means.idxmin()
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
text = {
    "title": "Loss by learning rate, mean of three starts",
    "xlabel": "learning rate",
    "ylabel": "validation loss",
}
plot_curves(RATES, {n: means[n] for n in rivals}, log="x", colors=colors, ax=axes[0], **text)
axes[0].set_xticks(RATES, [np.format_float_positional(rate) for rate in RATES])
axes[0].minorticks_off()
at_best = {n: [short[n, best[n], run][1] for run in range(STARTS)] for n in rivals}
title = "At its best rate: three starts (mark: median)"
ax = plot_spread(at_best, title=title, xlabel="validation accuracy", ax=axes[1])

# %% [markdown]
# The linear model's curve is lowest in the middle, so it gets the rate 0.0005, too. The MLP's losses lie closer
# together, and at 0.0005 its loss is the lowest or hardly higher (the next cell checks it): the rate of the known
# example is reasonable. (Two limits of the procedure, for both models: a rate between two of the three may be better
# still, and what is best after 100 updates need not be best after many.) Look at the dots, too: after 100 updates the
# two models are hardly apart. So little training says little about hidden layers.
#
# ## Fit
#
# Now the long training. The settings are chosen, so both models may learn from all 50,000 training images, the
# validation part included. **Your turn:** how many updates are there in an epoch with batches of 32, and in ten epochs?
#
# <details><summary>Answer</summary>
#
# 50,000 / 32 = 1,562.5, rounded up 1,563 (the last batch holds 16 images). In ten epochs 15,630.
#
# </details>
#
# Both models get the same number of updates: the same batch size and the same number of epochs.

# %%
expect("linear model: place of the best rate", RATES.index(best["linear model"]), 1, 1)  # from 0
ratio = means.loc[LEARNING_RATE, "MLP"] / means["MLP"].min()  # of the figure above
expect("MLP: loss at 0.0005 / lowest loss", ratio, 1, 1.05)
model = mlp((32, 32, 3), UNITS, 10, rescale=1 / 255)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=LEARNING_RATE),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
start_loss = model.evaluate(x_train[:2000], t_train[:2000], verbose=0)[0]
expect("loss before training (ln 10 is 2.30)", start_loss, 2.2, 2.8)
history = fit(model, x_train, t_train, batch_size=BATCH_SIZE, epochs=EPOCHS)

# %%
linear = rivals["linear model"]
restart(linear, linear_model().get_weights())
linear.optimizer.learning_rate = best["linear model"]
linear_history = fit(linear, x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS)

# %% alt="Learning curves over ten epochs for the MLP and the linear model. Left: both losses fall, the MLP's from about 1.85 to below 1.4. Right: both accuracies climb, the MLP's to about 0.5. All four curves are still moving at the end."
both = {"MLP": history, "linear model": linear_history}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
plot_history(both, "loss", colors=colors, title="Training loss", ax=axes[0])
ax = plot_history(both, "accuracy", colors=colors, title="Training accuracy", ax=axes[1])
loss, accuracy = history.history["loss"], history.history["accuracy"]
if data.is_real and (EPOCHS, BATCH_SIZE, UNITS) == (10, 32, (200, 150)):
    expect("loss, first epoch", loss[0], 1.80, 1.90)
    expect("loss, last epoch", loss[-1], 1.31, 1.43)
    expect("training accuracy, first epoch", accuracy[0], 0.31, 0.35)
    expect("training accuracy, last epoch", accuracy[-1], 0.49, 0.53)
for name, curve in (("MLP", loss), ("linear model", linear_history.history["loss"])):
    expect(f"{name}: loss of epoch 5 − of epoch 10", curve[4] - curve[-1], low=0)

# %% [markdown]
# Both losses still fall in the second half of the training, the MLP's from a lower level. So neither model has
# levelled off. What happens to the validation loss in a long training is the subject of
# [lesson 11](11_overfitting.ipynb).
#
# ## The test
#
# Now the 10,000 test images, once, for all rows. The long training takes too long for three starts here: each model has
# *one*, so the table cannot show how far starts lie apart. The standard error (lesson 08) says how much of a score may
# be luck of the test set.

# %%
probabilities = model.predict(x_test, batch_size=1000, verbose=0)
predicted = probabilities.argmax(axis=1)
test_accuracy = np.mean(predicted == y_test)
linear_accuracy = linear.evaluate(x_test, y_test, batch_size=1000, verbose=0)[1]
table = pd.DataFrame({"test accuracy": [0.1, linear_accuracy, test_accuracy]})
table.index = ["guessing", "linear model", "MLP"]
p = table["test accuracy"]
table["standard error"] = np.sqrt(p * (1 - p) / len(y_test))
low, high = (0.44, 0.53) if data.is_real else (0.44, 0.60)
expect("test accuracy, MLP", test_accuracy, low, high)
expect("MLP − linear model", test_accuracy - linear_accuracy, low=0.02)
table.round(4)

# %% [markdown]
# About half of the images are recognised: about five times as many as by guessing, and far from good.
#
# ## Reading predictions
#
# `predict` gives ten probabilities per image and knows nothing of labels. `evaluate` compares with labels. The MLP's
# accuracy above was made by hand: `argmax` picks the most probable class, and the mean of "equal to the label" is the
# accuracy. (You may read "evaluate with predict". The two do different things.)

# %%
by_evaluate = model.evaluate(
    x_test, keras.utils.to_categorical(y_test, 10), batch_size=1000, verbose=0
)[1]
expect("accuracy by evaluate − by hand", by_evaluate - test_accuracy, -1e-6, 1e-6)
print(
    probabilities.shape,
    "sums of the rows:",
    probabilities.sum(axis=1).min(),
    "to",
    probabilities.sum(axis=1).max(),
)

# %% [markdown]
# Two of them in full: the first test image that the model gets right, and the first that it gets wrong.

# %% alt="Two rows, each with a picture on the left and ten bars of probability on the right. In the first row the longest bar is the true class, in the second it is another one."
hit, miss = np.argmax(predicted == y_test), np.argmax(predicted != y_test)
figure, axes = plt.subplots(2, 2, figsize=(9, 8.5), width_ratios=(1, 2), layout="constrained")
for row, i, verdict in zip(axes, (hit, miss), ("right", "wrong"), strict=True):
    show_images(x_test[[i]], names[y_test[[i]]], n=1, ax=row[0])
    title = f"Test image {i}: {verdict}"
    plot_probabilities(probabilities[i], names, truth=y_test[i], title=title, ax=row[1])

# %% [markdown]
# The blue bar is the model's answer. The other bars say how much it leans towards each class, and what it would say
# next. Ten random test images:

# %% alt="Ten test pictures; right predictions have a tick and a thin frame, wrong ones a cross, a thick frame and the true class."
chosen = np.random.default_rng(seed).choice(len(x_test), size=10, replace=False)
title = "Ten random test images"
ax = show_images(
    x_test[chosen], names[y_test[chosen]], predictions=names[predicted[chosen]], title=title
)

# %% [markdown]
# Ten images say little. Count them all. **Predict:** which mistake is the most frequent one: which class is taken for
# which other?

# %% alt="A ten by ten table of percentages, darkest on the diagonal, with darker spots where similar classes meet."
ax = plot_confusion(y_test, predicted, class_names=names)

# %% [markdown]
# The numbers are per cent of a row; a cell of one half or less is left empty. Rows first: each row is a true class.
# Find the row with the palest diagonal, and where its images went. Now columns: add up the numbers of a column. More
# than 100 means that the model gives this answer more often than the class occurs. The two numbers for that are recall
# (by rows) and precision (by columns), from lesson 08.

# %% alt="For each class two marks, recall and precision. They differ clearly for most classes, in both directions."
counts = pd.crosstab(y_test, predicted).reindex(columns=range(10), fill_value=0).to_numpy()
recall = counts.diagonal() / counts.sum(axis=1)
precision = counts.diagonal() / np.maximum(counts.sum(axis=0), 1)
by_class = pd.DataFrame({"recall": recall, "precision": precision}, index=names)
ax = plot_steps(by_class, title="Recall and precision of each class", xlabel="share")
said = pd.Series(counts.sum(axis=0), index=names)
print(f"most frequent answer: {said.idxmax()} ({said.max():,} of 10,000)")

# %% [markdown]
# There are 1,000 test images of each class. Both start from the number of right answers. Recall divides it by 1,000,
# precision by the number of times that the answer was given. So recall is the higher one exactly where the model gives
# the answer more than 1,000 times. (Each number in the figure is a precision.)
#
# ### Is there a system in the mistakes?
#
# Six of the classes are animals, four are vehicles. How often does a wrong answer stay within the kind? To judge the
# number we need a baseline: a model with the *same favourite answers* that does not look at the image. Its wrong answer
# for a cat is any class but cat, each as often as the model answers it.

# %%
animal = np.isin(names, ["bird", "cat", "deer", "dog", "frog", "horse"])
# Row: the true class, column: the answer. True where both are animals or both are vehicles.
same_kind = animal[:, np.newaxis] == animal
mistakes = counts * (1 - np.eye(10))  # without the diagonal
favourites = said.to_numpy() * (1 - np.eye(10))  # the favourite answers, in every row
shares = favourites / favourites.sum(axis=1, keepdims=True)
blindly = shares * mistakes.sum(axis=1, keepdims=True)  # per row as many mistakes as the model
within = {"model": mistakes, "favourite answers": blindly}
within = {name: np.sum(table * same_kind) / table.sum() for name, table in within.items()}
print({name: round(float(share), 3) for name, share in within.items()})
ratio = within["model"] / within["favourite answers"]
expect("within the kind: model / favourite answers", ratio, low=1.08)
row, column = divmod(mistakes.argmax(), 10)  # argmax counts through all rows
print(f"most frequent mistake: {names[row]} taken for {names[column]}")

# %% [markdown]
# The mistakes stay within animals or within vehicles more often than favourites alone would. So the model has learnt
# something that tells animals from vehicles. What it is, the numbers do not say: it may be the shape, and it may be the
# colour of the background.
#
# ## Freeze a layer
#
# Training need not change all layers. With `layer.trainable = False` a layer is **frozen**: it computes as before, and
# training leaves its weights alone. People do this when they take over layers that others have trained.
#
# Freeze the first hidden layer, and train on. **Predict:** how many trainable parameters are left?

# %%
tuned = mlp((32, 32, 3), UNITS, 10, rescale=1 / 255)
tuned.set_weights(model.get_weights())
tuned.layers[2].trainable = False  # after Rescaling and Flatten
tuned.compile(keras.optimizers.Adam(LEARNING_RATE), "sparse_categorical_crossentropy")
tuned.summary()
before = tuned.get_weights()
fit(tuned, x_fit[:3200], y_fit[:3200], verbose=0)
change = [np.abs(a - b).max() for a, b in zip(tuned.get_weights(), before, strict=True)]
expect("largest change in the frozen layer", max(change[:2]), 0, 0)
expect("smallest change in the others (largest per array)", min(change[2:]), low=1e-5)

# %% [markdown]
# The frozen layer's 614,600 parameters have moved to *Non-trainable params*, and 31,660 are left. Set `trainable` first
# and compile afterwards: a model that was trained before goes on training the same layers until it is compiled again.
# [Lesson 08](08_digits_mlp.ipynb) has shown that trained hidden layers make good features. A frozen one keeps them.
#
# ## Save and load
#
# A `.keras` file holds the architecture, the weights, and the optimizer with its memory. A `.weights.h5` file is for
# the weights: to load it you must build the model first. **Predict** from the 646,260 parameters, at four bytes each,
# how large the two files are.

# %%
plain = mlp((32, 32, 3), UNITS, 10, rescale=1 / 255)
plain.set_weights(model.get_weights())
with tempfile.TemporaryDirectory() as folder:
    whole, weights_only = Path(folder) / "cifar10.keras", Path(folder) / "cifar10.weights.h5"
    model.save(whole)
    plain.save_weights(weights_only)
    for path in (whole, weights_only):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    loaded, rebuilt = keras.models.load_model(whole), mlp((32, 32, 3), UNITS, 10, rescale=1 / 255)
    rebuilt.load_weights(weights_only)
for name, network in (("loaded", loaded), ("rebuilt", rebuilt)):
    difference = network(x_test[:1000]).numpy() - probabilities[:1000]
    expect(f"{name}: largest difference of the answers", np.abs(difference).max(), high=1e-5)

# %% [markdown]
# 646,260 · 4 bytes are 2.6 MB. (The summary said 2.47 MB, since it takes 1,024 · 1,024 bytes for one.) The `.keras`
# file is three times as large, because Adam keeps two more numbers per parameter, its two running averages ([lesson
# 07](07_optimizers.ipynb)). With them training can go on where it stopped. (We saved the weights of an uncompiled copy:
# `save_weights` of a compiled model writes the optimizer, too.) Keep the path in a variable: a model saved in one
# folder and looked for in another is a common error. (`TemporaryDirectory` deletes the folder and both files at the end
# of `with`. To keep a model, write `model.save("cifar10.keras")`.)
#
# ## What the model cannot see
#
# Mix up the 1,024 pixels of every image, all in the *same* way. Such a change of order is a **permutation**.

# %% alt="Top row: five pictures. Bottom row: the same pictures with their pixels mixed up, nothing but coloured noise to the eye."
order = np.random.default_rng(seed).permutation(32 * 32)


def mix_up(images):
    return images.reshape(-1, 32 * 32, 3)[:, order].reshape(images.shape)


shown = np.concatenate([x_test[:5], mix_up(x_test[:5])])
ax = show_images(shown, title="Five images, and the same five with their pixels mixed up")

# %% [markdown]
# For our eyes the shapes are gone; only colours are left. **Predict:** how much worse will an MLP be that is trained on
# such images?
#
# Trained twice from random starts, two networks would differ by luck. There is a sharper test. Give the second network
# the *same* start, with the rows of its first kernel mixed up like the pixels. A row of the kernel holds the weights of
# one input. Then train both on the same batches. (In 64-bit numbers, so that rounding does not disturb. 50 updates are
# enough.)


# %%
def exact_mlp():
    """The MLP in 64-bit numbers."""
    layers = [keras.layers.Dense(width, "relu", dtype="float64") for width in UNITS]
    last = keras.layers.Dense(10, "softmax", dtype="float64")
    flat = [keras.layers.Rescaling(1 / 255, dtype="float64"), keras.layers.Flatten(dtype="float64")]
    network = keras.Sequential([keras.Input((32, 32, 3), dtype="float64"), *flat, *layers, last])
    network.compile(keras.optimizers.Adam(LEARNING_RATE), "sparse_categorical_crossentropy")
    return network


rows = np.arange(3072).reshape(1024, 3)[order].ravel()  # the inputs in their new order
straight, mixed = exact_mlp(), exact_mlp()
kernel, *rest = straight.get_weights()
mixed.set_weights([kernel[rows], *rest])

# %%
fit(straight, x_fit[:1600], y_fit[:1600], shuffle=False, verbose=0)
fit(mixed, mix_up(x_fit[:1600]), y_fit[:1600], shuffle=False, verbose=0)
one = straight(x_val[:1000]).numpy()
other = mixed(mix_up(x_val[:1000])).numpy()
change = np.abs(straight.get_weights()[0] - kernel).max()
print(f"largest change of a weight by training: {change:.3f}")
difference = np.abs(one - other).max()
print(f"largest difference of the probabilities: {difference:.0e}")
strange = model.predict(mix_up(x_test[:5000]), batch_size=1000, verbose=0).argmax(axis=1)
print(
    f"trained on ordinary images, tested on mixed-up ones: {np.mean(strange == y_test[:5000]):.2f}"
)

# %% [markdown]
# Not worse at all: after training both networks give the same answers, but for rounding. If inputs and weights are
# mixed up in the same way, a weighted sum has the same terms in another order. The rows of the first kernel's gradient
# are then mixed up in this way, too, and all other gradients are the same. This holds for every update, so it holds for
# any length of training. And start weights are drawn at random, all in the same way, so a mixed-up start is as likely
# as the straight one: with random starts both trainings are equally good on average. To a `Dense` layer the order of
# its inputs means nothing: it does not know that two pixels are neighbours. But the order must *stay* the same. The
# last line shows a network that was trained on ordinary images and sees mixed-up ones: nearly every weight meets the
# number of another pixel.
#
# ### Moved by a few pixels
#
# Move the test images to the right. The gap on the left is filled with the edge, and the same number of columns is lost
# on the right. Is it the *move* that disturbs, or the *missing columns*? As a control we cover the right columns in the
# same way and move nothing. **Predict** both curves: accuracy on 5,000 test images, from 0 to 8 pixels.


# %%
expect("pixels mixed up: largest difference", difference, high=1e-5)  # printed above


def move(images, s):
    """Move images s pixels to the right; the left edge is repeated."""
    return np.pad(images, ((0, 0), (0, 0), (s, 0), (0, 0)), mode="edge")[:, :, :32]


def cover(images, s):
    """Repeat the last column that is not covered over the s right ones."""
    return np.pad(images[:, :, : 32 - s], ((0, 0), (0, 0), (0, s), (0, 0)), mode="edge")


# %% alt="Test accuracy against 0 to 8 pixels. Where columns are covered it stays nearly level; where the images are moved it falls."
pixels = (0, 2, 4, 6, 8)
by_shift = {"covered": [], "moved": []}
for s in pixels:
    for name, change in (("covered", cover), ("moved", move)):
        answers = model.predict(change(x_test[:5000], s), batch_size=1000, verbose=0)
        by_shift[name].append(np.mean(answers.argmax(axis=1) == y_test[:5000]))
ax = plot_curves(
    pixels, by_shift, title="Moved, or only covered?", xlabel="pixels", ylabel="accuracy"
)
lost = {name: scores[0] - scores[-1] for name, scores in by_shift.items()}
print({name: f"{share:.3f} lost at 8 pixels" for name, share in lost.items()})

# %% [markdown]
# The move costs this network more than the missing columns do. A cat that stands a few pixels further to the right is
# still a cat. A likely reason: the MLP has learnt each weight for one place, and at another place it would have to
# learn it again. Move one image yourself:


# %% alt="A picture, moved by the number of pixels that the slider shows, beside the ten probabilities of the model."
expect("accuracy lost, 8 pixels moved", lost["moved"], low=0.03)  # of the figure above
expect("accuracy lost, 8 pixels: moved − covered", lost["moved"] - lost["covered"], low=0.01)


@interact(s=IntSlider(value=4, min=0, max=16, description="pixels"))
def explore(s):
    moved = move(x_test[[hit]], s)
    sizes = {"width_ratios": (1, 2), "wspace": 0.5}
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), gridspec_kw=sizes)
    show_images(moved, n=1, title=f"Moved by {s}", ax=axes[0])
    belief = model.predict_on_batch(moved)[0]
    plot_probabilities(belief, names, truth=y_test[hit], ax=axes[1])


# %% [markdown]
# Watch the bars. A single image can gain as well as lose by a move; the curves above count 5,000 images. A layer that
# knows about neighbours, and uses the same weights at every place, is the subject of lesson 12.
#
# ## Recap
#
# The whole recipe, to copy. The model rescales the pixels, so the images go in as they are:
#
# ```python
# import keras
# from nnlib.data import load_cifar10
# from nnlib.models import mlp
#
# data = load_cifar10()
# model = mlp((32, 32, 3), (200, 150), 10, rescale=1 / 255)
# model.compile(keras.optimizers.Adam(5e-4), "sparse_categorical_crossentropy", metrics=["accuracy"])
# history = model.fit(data.x_train, data.y_train, batch_size=32, epochs=10)
# print(model.evaluate(data.x_test, data.y_test))
# model.save("cifar10.keras")  # later: keras.models.load_model("cifar10.keras")
# ```
#
# - A `Dense` layer has (inputs + 1) · units parameters; here the first layer has nearly all of them.
# - The loss steers, metrics watch. A frozen layer stays as it is.
# - Before training the loss is near ln(classes); afterwards compare with guessing and with a linear model that had the
#   same number of updates.
# - Recall reads rows, precision reads columns. Judge mistakes against a baseline with the same favourite answers.
# - An MLP that learns from mixed-up pixels does just as well. One that has learnt from ordinary images loses accuracy
#   when they are moved.
#
# ## Common mistakes
#
# - **Integer labels with `categorical_crossentropy`**, or one-hot targets with the sparse form.
# - **Rescaling twice**, once by hand and once in the model: the inputs are then tiny.
# - **Comparing with a baseline that had fewer updates.**
# - **Choosing settings by the test score.** Then it is a validation score, and you have no test left.
# - **Setting `trainable` after `compile`.**
# - **Loading weights into a model of another shape.** A `.weights.h5` file does not hold the architecture.
#
# ## Next
#
# Practise first: [seven exercises](exercises/09_cifar10_mlp.ipynb), about 45 minutes. Each check says what is wrong.
#
# [Lesson 10](10_phone_prices.ipynb) leaves images for a table of phones, where the inputs are not scaled at all, and
# where a simple model is hard to beat.
