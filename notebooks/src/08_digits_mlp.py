# %% [markdown]
# # 08 · Handwritten digits: a 500–500–10 MLP
#
# **Can a network learn to read handwriting, and how does it fail when it fails?**
#
# After this lesson you can
#
# - turn grey images and their labels into inputs and targets of a classifier;
# - say what hidden layers are worth, by comparing with a model that has none;
# - exchange one activation for another and read the difference off the learning curves;
# - find the mistakes of which a model is most certain, and read a confusion matrix;
# - look at the weights of a first layer, and say which of them never learnt anything.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 02–05 and 07 | under 1 minute | MNIST: 70,000 handwritten digits, 28 × 28 |

# %%
from nnlib.training import fit, gradient_norms, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_mnist
from nnlib.plotting import COLORS, plot_confusion, plot_history
from nnlib.plotting import plot_probabilities, plot_weight_images, show_images

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import IntSlider, interact
from PIL import Image

seed = set_seed()

# %%
UNITS = (500, 500)
EPOCHS = 6
BATCH_SIZE = 100
LEARNING_RATE = 5e-4

# %% [markdown]
# ## The data
#
# Around 1990, census clerks and high-school students in the United States filled in forms by hand. Their digits became
# the best-known test of machine learning: MNIST. The line below says which copy was found. Without a network it is a stand-in, made from
# fewer real digits that are turned, slanted and moved; everything in this lesson works on it too.

# %%
data = load_mnist()
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
print(data)

# %% alt="Ten handwritten digits in two rows, white on black, each with its label below."
ax = show_images(x_train[:10], y_train[:10], title="The first ten training images")

# %% [markdown]
# You read them without thinking. Try to write down *how*, as rules that a program could follow, and you will see why
# people let a network find the rules.
#
# To the computer an image is a table of numbers, from 0 (black) to 255 (white). Here is the middle of the first one:

# %%
pd.DataFrame(x_train[0]).iloc[9:19, 7:21]

# %% [markdown]
# ### Inputs and targets
#
# A `Dense` layer wants a list, so `Flatten` lays the 28 rows end to end: 784 inputs. `Rescaling` divides by 255,
# because networks learn best from inputs of about the size of 1. Both are layers, so they belong to the model and
# nobody can forget them later.
#
# The target is a list of ten numbers, 1 for the true class and 0 elsewhere (**one-hot**). A plain number would not
# do: an 8 is not "twice a 4".

# %%
t_train = keras.utils.to_categorical(y_train, 10)
t_test = keras.utils.to_categorical(y_test, 10)
print(f"label {y_train[0]} becomes {t_train[0]}")


# %% [markdown]
# Three models will follow that differ in one thing only, their hidden layers. One function builds and compiles
# them all. Softmax turns the last ten numbers into probabilities, and cross-entropy is $-\ln$ of the probability of
# the true class (lesson 05). Adam is the optimizer that asks for the least tuning (lesson 07);
# half its usual learning rate makes the curves calmer.


# %%
def build(units, activation=None):
    """Compile a classifier of digits with hidden layers of the given units."""
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            *[keras.layers.Dense(width, activation=activation) for width in units],
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    adam = keras.optimizers.Adam(LEARNING_RATE)
    model.compile(adam, "categorical_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# ## What would be good?
#
# Whoever always answers with the most frequent digit is right about once in ten times.

# %%
most_frequent = np.bincount(y_train).argmax()
guessing = np.mean(y_test == most_frequent)
print(f"always answering {most_frequent}: test accuracy {guessing:.3f}")

# %% [markdown]
# A better yardstick is the simplest model that learns: no hidden layer at all. Each of the ten outputs is a weighted
# sum of the 784 pixels, with softmax on top.

# %%
linear = build(units=())
expect("parameters", linear.count_params(), 784 * 10 + 10, 784 * 10 + 10)
linear_history = fit(linear, x_train, t_train, batch_size=BATCH_SIZE, epochs=EPOCHS)

# %% [markdown]
# What did it learn? Each output has one weight a pixel, so its weights can be drawn as an image. A bright (yellow)
# pixel speaks for the digit, a dark (blue) one against it.

# %% alt="Ten images of weights, one a digit. In some of them the digit shows as a bright blurred shape with dark places around it."
templates = linear.layers[-1].get_weights()[0]
ax = plot_weight_images(
    templates,
    (28, 28),
    labels=[f"for {digit}" for digit in range(10)],
    title="What speaks for (yellow) and against (blue) each digit",
)

# %% [markdown]
# The linear model lays one blurred stencil a digit over the image and counts what fits. The 0 has a dark hole in its
# middle: ink there speaks against a zero.

# %%
centre = templates.reshape(28, 28, 10)[12:16, 12:16, 0].mean()
expect("mean weight of the centre for the digit 0", centre, high=-0.05)

# %% [markdown]
# ## Two hidden layers, sigmoid
#
# One stencil a digit is little: people write a 7 with and without a bar, a 4 open and closed. Hidden layers let the
# network look for *parts* first and put them together afterwards. We take two hidden layers of 500 units with sigmoid
# activation, as one did for a long time.
#
# **Predict:** how many parameters does that give? The first layer alone has 500 · (784 + 1).

# %%
sigmoid = build(UNITS, "sigmoid")
sizes = [784, *UNITS, 10]
by_hand = sum((n + 1) * units for n, units in zip(sizes[:-1], sizes[1:], strict=True))
expect("parameters", sigmoid.count_params(), by_hand, by_hand)
if UNITS == (500, 500):
    expect("parameters", by_hand, 648_010, 648_010)

# %% [markdown]
# More parameters than images. Before any training the loss should be near $\ln 10 \approx 2.3$, which is what ten
# equal probabilities give. (`batch_size` says here how many images are computed at a time. As nothing is learnt in
# between, it does not touch the result, and large batches are faster.)

# %%
loss_at_start = sigmoid.evaluate(x_train[:5000], t_train[:5000], batch_size=1000, verbose=0)[0]
expect("loss before training", loss_at_start, 2.2, 3.2)

# %% [markdown]
# A hundred images make a batch, so one epoch over the 60,000 is 600 steps.

# %%
sigmoid_history = fit(sigmoid, x_train, t_train, batch_size=BATCH_SIZE, epochs=EPOCHS)

# %% [markdown]
# ## The same with ReLU
#
# Lesson 04 showed what a sigmoid does to the gradient on its way back: every layer multiplies it by at most ¼. Now
# the only change is the word `"relu"`.
#
# **Predict:** which curve will be higher after one epoch? And after the last?

# %%
model = build(UNITS, "relu")
start = model.get_weights()
history = fit(model, x_train, t_train, batch_size=BATCH_SIZE, epochs=EPOCHS)

# %% alt="Learning curves of three models. The loss of the ReLU network lies below that of the sigmoid network from the first epoch on; the linear model levels off above both. The accuracies come in the reverse order."
both = {"ReLU": history, "sigmoid": sigmoid_history, "linear": linear_history}
colors = {
    "ReLU": COLORS["blue"],
    "sigmoid": COLORS["vermillion"],
    "linear": COLORS["orange"],
}
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
plot_history(both, "loss", colors=colors, title="ReLU is ahead from the start", ax=axes[0])
ax = plot_history(both, "accuracy", colors=colors, title="The linear model levels off", ax=axes[1])

# %% [markdown]
# The ReLU network is ahead after one epoch; sigmoid follows more slowly. The linear model cannot follow at all: it has
# run out of things to adjust. Lesson 04 gave the reason for the lead of ReLU, and here it can be measured. How much
# gradient reaches the first layer before the first step?

# %%
norms = {}
for activation in ("sigmoid", "relu"):
    fresh = build(UNITS, activation)
    norms[activation] = next(iter(gradient_norms(fresh, x_train[:1000], t_train[:1000]).values()))
expect("gradient in the first layer, ReLU / sigmoid", norms["relu"] / norms["sigmoid"], low=3)
gain = history.history["accuracy"][0] - sigmoid_history.history["accuracy"][0]
expect("accuracy in the first epoch, ReLU − sigmoid", gain, low=0.02)

# %% [markdown]
# ## The test
#
# These accuracies are scores on images that the models were trained on. What counts are the 10,000 test images, which
# no model has seen. We look at them once, with all settings fixed beforehand.

# %%
scores = {"guessing": guessing}
for name, trained in (("linear", linear), ("sigmoid", sigmoid), ("ReLU", model)):
    loss, scores[name] = trained.evaluate(x_test, t_test, batch_size=1000, verbose=0)
    print(f"{name:8} test loss {loss:.3f}, test accuracy {scores[name]:.3f}")

# %%
table = pd.DataFrame({"test accuracy": scores})
table["mistakes in 10,000"] = (10_000 * (1 - table["test accuracy"])).round().astype(int)
table.round(4)

# %%
if data.is_real:
    expect("test accuracy, linear", scores["linear"], 0.91, 0.93)
    expect("test accuracy, sigmoid", scores["sigmoid"], 0.95, 0.98)
expect("test accuracy, ReLU", scores["ReLU"], 0.97 if data.is_real else 0.95, 0.99)
expect("mistakes, linear / ReLU", (1 - scores["linear"]) / (1 - scores["ReLU"]), low=2)

# %% [markdown]
# Compare mistakes, not accuracies. From 0.92 to 0.98 sounds like a small step, and yet three of four mistakes are gone.
#
# How exact is such a score? Of $n$ test images with accuracy $p$, luck alone moves the score by about
# $\sqrt{p(1 - p)/n}$.

# %%
p = scores["ReLU"]
print(f"{p:.4f} ± {np.sqrt(p * (1 - p) / len(x_test)):.4f}")

# %% [markdown]
# Two models that differ by less than about two of these steps are equally good as far as this test can tell. Another
# seed also moves the score by about that much.
#
# ## Reading a prediction
#
# `predict` gives one row of ten probabilities an image. Here is one in full.

# %% alt="A handwritten digit on the left, ten bars of probability on the right; one bar is far longer than all others."
probabilities = model.predict(x_test, batch_size=1000, verbose=0)
predicted = probabilities.argmax(axis=1)
figure, axes = plt.subplots(1, 2, figsize=(9, 4), width_ratios=(1, 2), layout="constrained")
show_images(x_test[:1], y_test[:1], n=1, ax=axes[0])
ax = plot_probabilities(
    probabilities[0], data.class_names, truth=y_test[0], title="Test image 0", ax=axes[1]
)

# %% [markdown]
# Most predictions look like that: one bar, and hardly anything beside it. Is this confidence earned?
#
# ## The most confident mistakes
#
# Sort the wrong answers by the probability that the model gave to its own answer, and look at those at the top.
#
# **Predict:** how sure is the model when it is wrong?

# %% alt="Ten test digits with thick frames: the wrong answer of the model with its probability, near 100 %, and the true digit. Several are sloppily written."
confidence = probabilities.max(axis=1)
wrong = np.flatnonzero(predicted != y_test)
worst = wrong[np.argsort(confidence[wrong])[::-1]][:10]
ax = show_images(
    x_test[worst],
    y_test[worst],
    predictions=[f"{predicted[i]}: {confidence[i]:.0%}" for i in worst],
    title="The ten most confident mistakes",
)

# %% [markdown]
# Some of them are badly written, and one can argue about the label. Others are plain to you and me, and the model is
# wrong without a trace of doubt.

# %%
expect("probability given to the tenth wrong answer", confidence[worst[-1]], low=0.95)
print(f"mean probability of the answer: {confidence.mean():.3f}, share of right answers: {p:.3f}")
expect("the first minus the second", confidence.mean() - p, low=0)

# %% [markdown]
# On average the model promises more than it keeps: it is *overconfident*. Trained long enough, nearly every network
# is, because the loss goes on rewarding larger probabilities after all training answers are right. Lesson 11 comes
# back to that.
#
# Still, the probability is useful: it tells where to look twice. Say a person checks the 5% of answers of which the
# model is least certain.

# %%
doubtful = np.argsort(confidence)[: len(confidence) // 20]
caught = np.isin(wrong, doubtful).mean()
expect("share of the mistakes among the 5% least certain", caught, low=0.4)

# %% [markdown]
# ## Which digits get mixed up?

# %% alt="A ten by ten table of percentages: nearly everything lies on the diagonal, and a few small numbers beside it."
ax = plot_confusion(y_test, predicted, class_names=data.class_names)

# %% [markdown]
# Each row is a true digit and sums to 100. Nearly everything lies on the diagonal, so the habits of the model hide in
# the small numbers. As a list:

# %%
pairs = pd.DataFrame({"true": y_test, "predicted": predicted})
pairs = pairs[pairs["true"] != pairs["predicted"]]
pairs.value_counts().head(6).rename("test images").reset_index()

# %% [markdown]
# Look for pairs that share most of their strokes: 4 and 9, 3 and 5, 7 and 2. The model mixes up what looks alike.
#
# ## What did the first layer learn?
#
# Each of the 500 units of the first hidden layer has one weight a pixel, so we can look at them in the same way as at
# the linear model. Here are the five units whose weights have moved furthest from where they started. The upper row
# shows the weights, the lower row what training added to the random start.

# %% alt="Upper row: five weight images with strokes in the middle and fine random grain all over. Lower row: the same without the grain, bright and dark strokes on an even grey."
layer = model.layers[2]
kernel, kernel_start = layer.get_weights()[0], start[0]
learnt = kernel - kernel_start
busiest = np.argsort(np.linalg.norm(learnt, axis=0))[::-1][:5]
ax = plot_weight_images(
    np.hstack([kernel[:, busiest], learnt[:, busiest]]),
    (28, 28),
    labels=[f"unit {unit}" for unit in busiest] + ["learnt"] * 5,
    title="Strokes and spots, no digits",
)

# %% [markdown]
# No unit looks for a whole digit. They look for pieces, ink here and no ink beside it, and the layers above put the
# pieces together. The random grain of the start has never gone away, and towards the edges there is nothing else:
# the lower row is an even grey there.
#
# That is no accident. Some pixels are black in *every* training image. An input of 0 adds nothing to the sum, so the
# gradient of its weight is 0, and the weight stays where the random start had put it.

# %%
never = x_train.reshape(-1, 784).max(axis=0) == 0
print(f"pixels that are black in all {len(x_train):,} training images: {never.sum()} of 784")
expect("largest change of a weight behind such a pixel", np.abs(learnt[never]).max(), 0, 0)
expect("mean change of the other weights", np.abs(learnt[~never]).mean(), low=0.005)

# %% [markdown]
# A network learns only where its data say something. A stray dot of ink in a corner would reach the 500 units through
# random weights, and nobody knows what would come of it.
#
# What makes a unit fire? Take three units and the test images to which they answer most strongly.

# %% alt="Three rows: on the left what one unit learnt, as an image; on the right the five test digits that excite it most; their strokes follow the bright places of the weights."
first = keras.Model(model.inputs, layer.output)
answers = first.predict(x_test, batch_size=1000, verbose=0)
figure, axes = plt.subplots(3, 2, figsize=(9, 6), width_ratios=(1, 5), layout="constrained")
for row, unit in zip(axes, busiest[:3], strict=True):
    favourites = np.argsort(answers[:, unit])[::-1][:5]
    plot_weight_images(learnt[:, [unit]], (28, 28), title=f"Unit {unit}", ax=row[0])
    show_images(x_test[favourites], n=5, title="excited most by", ax=row[1])

# %% [markdown]
# Lay the left image over the others: their ink runs along the bright strokes and keeps off the dark ones.
#
# ## Beyond the data
#
# All training digits stand upright. Turn a seven, and see what the model believes. (Where no kernel runs, you see one
# position of the slider.)

# %%
seven = int(np.flatnonzero((predicted == 7) & (y_test == 7))[0])


def turn(image, degrees):
    """Turn a digit counter-clockwise."""
    return np.asarray(Image.fromarray(image).rotate(degrees, Image.Resampling.BILINEAR))


# %% alt="A seven, turned by the angle that the slider shows, beside the ten probabilities that the model gives."
@interact(degrees=IntSlider(value=60, min=-180, max=180, step=5))
def explore(degrees):
    turned = turn(x_test[seven], degrees)
    belief = model.predict_on_batch(turned[None])[0]
    sizes = {"width_ratios": (1, 2), "wspace": 0.35}
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), gridspec_kw=sizes)
    show_images(turned[None], n=1, title=f"Turned by {degrees}°", ax=axes[0])
    plot_probabilities(belief, data.class_names, truth=y_test[seven], ax=axes[1])


# %% [markdown]
# You read a seven at every angle. The model changes its answer on the way round, often without much doubt. It has no
# word for "I have never seen that": the ten probabilities must sum to 1.
#
# How fast does it lose its footing? Turn a thousand test images.

# %%
angles = (0, 15, 30, 45, 60, 90)
turned = {angle: np.array([turn(x, angle) for x in x_test[:1000]]) for angle in angles}
belief = {angle: model.predict_on_batch(images) for angle, images in turned.items()}
by_angle = pd.DataFrame(
    {
        "accuracy": {a: np.mean(b.argmax(axis=1) == y_test[:1000]) for a, b in belief.items()},
        "mean probability": {a: b.max(axis=1).mean() for a, b in belief.items()},
    }
).rename_axis("turned by (°)")
by_angle.round(2)

# %%
expect("accuracy at 90°", by_angle.loc[90, "accuracy"], high=0.4)
expect("mean probability at 90°", by_angle.loc[90, "mean probability"], low=0.6)

# %% [markdown]
# At 90° it is mostly wrong and still rather sure of itself. A good test score holds for images *like those in the
# test set*, and for no others.
#
# ## Recap
#
# - Images become inputs by flattening and rescaling, labels become targets by one-hot coding.
# - Guess and a linear model are the yardsticks; two hidden layers remove most of the linear model's mistakes.
# - ReLU learns faster than sigmoid, because more gradient reaches the first layer; with patience both get far.
# - The last layer's probabilities rank the answers well, and as promises they are too high.
# - First-layer units look for strokes, not for digits, and behind pixels that never change nothing is learnt.
#
# ## Common mistakes
#
# - **Comparing accuracies near 1** by their difference. Compare the mistakes.
# - **Taking a difference of 0.002 for progress** with 10,000 test images. It is luck, or another seed.
# - **Softmax with ten outputs and integer labels** under `categorical_crossentropy`: that loss wants one-hot targets.
# - **Believing a probability of 0.99** for an image that is unlike the training data.
# - **Trying settings until the test score is best.** Then it is no test any more. Lesson 10 keeps a validation set for
#   such choices.
#
# ## Next
#
# The digits are small, grey and centred. In [lesson 09](09_cifar10_mlp.ipynb) the same kind of network meets colour
# photographs.
