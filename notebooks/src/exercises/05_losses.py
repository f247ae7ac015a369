# %% [markdown]
# # Exercises to lesson 05 · Loss functions
#
# Seven exercises, about 45 minutes. [Lesson 05](../05_losses.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_05 import exercises, three_clouds
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: three losses (4 points, 7 minutes)
#
# Compute the mean squared, the mean absolute and the Huber loss (δ = 1) of these errors, to three significant digits.

# %%
sheet.task("three losses")

# %%
squared, absolute, huber = ..., ..., ...
### BEGIN SOLUTION
squared = (0.25 + 16 + 9) / 3
absolute = (0.5 + 4 + 3) / 3
huber = (0.125 + 3.5 + 2.5) / 3
### END SOLUTION

# %%
sheet.check("three losses", (squared, absolute, huber))

# %% [markdown]
# ## 2 · On paper: from logits to a cross-entropy (4 points, 6 minutes)
#
# Go the four steps with a pocket calculator: exponentials, total, share of the true class, −ln. Keep four significant
# digits on the way, and give the loss to three significant digits.

# %%
sheet.task("cross-entropy")

# %%
loss = ...
### BEGIN SOLUTION
# e^−1 = 0.3679, e^2 = 7.3891, e^1.5 = 4.4817, together 12.2387; 4.4817 / 12.2387 = 0.3662
loss = -np.log(0.3662)
### END SOLUTION

# %%
sheet.check("cross-entropy", loss)

# %% [markdown]
# ## 3 · By code: cross-entropy of a batch (4 points, 8 minutes)
#
# Write the loss from logits, as Keras does with `from_logits=True`. It must also work for a logit of 1000, whichever class
# is true.


# %%
def cross_entropy(logits, labels):
    """Mean loss, one number; logits has the shape (samples, classes), labels (samples,)."""
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_total - shifted[np.arange(len(labels)), labels])
    ### END SOLUTION


# %%
sheet.check("cross-entropy by code", cross_entropy)

# %% [markdown]
# ## 4 · By code: slopes after a confident mistake (4 points, 7 minutes)
#
# A sigmoid unit has the logit $z$ and the answer $p = \sigma(z)$; the truth is $y$, 0 or 1. Return two slopes with respect
# to $z$: that of the squared error $(p - y)^2$, and that of the binary cross-entropy.


# %%
def slopes(z, y):
    """Two numbers: slope of the squared error, slope of the cross-entropy."""
    ### BEGIN SOLUTION
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - y) * p * (1 - p), p - y
    ### END SOLUTION


# %%
sheet.check("two slopes", slopes)

# %% [markdown]
# When your function is right, it draws both slopes for a sample of class 1. On the left the unit is sure of the wrong
# answer. Which of the two losses still moves it?

# %% alt="Slopes for a true class of 1 over the logit. The cross-entropy has slope minus 1 far left; the squared error has a slope of nearly 0 there."
if sheet.solved("two slopes"):
    z = np.linspace(-8, 4, 200)
    both = np.array([slopes(one, 1) for one in z]).reshape(-1, 2)
    ax = plot_curves(
        z, {"squared error": both[:, 0], "cross-entropy": both[:, 1]}, markers=False,
        title="Slopes if class 1 is true", xlabel="logit z", ylabel="slope of the loss",
    )  # fmt: skip

# %% [markdown]
# ## 5 · Predict: a loss and a layer (2 points, 3 minutes)
#
# The last layer is `Dense(3, activation="softmax")`, the loss is `SparseCategoricalCrossentropy(from_logits=True)`. What
# happens in `fit`?
#
# - **a** Nothing is said, and the loss is a wrong number.
# - **b** Keras warns, and the loss is right.
# - **c** Keras warns, and the loss is wrong.
# - **d** An error.

# %%
happens = ...  # one letter
### BEGIN SOLUTION
happens = "b"
### END SOLUTION

# %%
sheet.check("from logits", happens)

# %% [markdown]
# ## 6 · Repair: clouds that should be easy (4 points, 8 minutes)
#
# Three clouds of points, one linear layer: this should be easy. After 30 epochs many points are still wrong. Compare the
# loss at the start with what the lesson says about the start.

# %%
set_seed(0)  # the same start for everybody: with another one it may look better
points, labels = three_clouds()
sick = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
sick.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
start = sick.evaluate(points, labels, verbose=0)[0]
history = fit(sick, points, labels, batch_size=50, epochs=30, verbose=0).history
print(f"loss at the start {start:.2f}, after 30 epochs {history['loss'][-1]:.2f}")
print(f"accuracy after 30 epochs: {history['accuracy'][-1]:.2f}")

# %% [markdown]
# Find the cause first. Then return a model that gets at least 90 % of these points right; its reported loss has to be the
# cross-entropy of its answers.


# %%
def cured(points, labels):
    """Return a trained model with three outputs; points has the shape (300, 2)."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.05), loss, metrics=["accuracy"])
    fit(model, points, labels, batch_size=50, epochs=30, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, points, labels)

# %% [markdown]
# ## 7 · Transfer: is a diagnosis as sure as it says? (4 points, 6 minutes)
#
# Write the points of a calibration diagram: divide the probabilities $p$ given to class 1 into five parts, from 0 to below
# 0.2, from 0.2 to below 0.4 and so on, the last one from 0.8 to 1. For each part that is not empty, compute the mean of
# $p$, and the share of its samples that are of class 1.


# %%
def calibration(p, y):
    """Array of shape (parts that are not empty, 2): mean of p, share of y = 1."""
    ### BEGIN SOLUTION
    part = np.minimum((5 * p).astype(int), 4)
    return np.array([[p[part == k].mean(), y[part == k].mean()] for k in np.unique(part)])
    ### END SOLUTION


# %%
sheet.check("calibration", calibration)

# %% [markdown]
# Here it judges a logistic regression that tells benign from malignant tumours by one measurement, the mean smoothness, on
# women that it was not trained on. (The first point stands for seven women only.)

# %% alt="Five points near the diagonal: the share that was benign over the probability that was said."
if sheet.solved("calibration"):
    table = load_breast_cancer()
    split = train_test_split(100 * table.data[:, [4]], table.target, test_size=0.5, random_state=1)
    train, test, y_train, y_test = split
    p = LogisticRegression().fit(train, y_train).predict_proba(test)[:, 1]
    said, share = np.asarray(calibration(p, y_test)).T
    ax = plot_curves(
        said, {"benign": share, "as said": said}, title="Near the diagonal: calibrated",
        xlabel="probability that was said", ylabel="share that was benign",
    )  # fmt: skip

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
