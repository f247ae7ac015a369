# %% [markdown]
# # Exercises to lesson 00 · What a neural network is
#
# Seven exercises, about 35 minutes. [Lesson 00](../00_start_here.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says
#
# - ✓ your answer is right;
# - ✗ it is wrong, and what is wrong about it;
# - ○ not done yet.
#
# You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_00 import digits, exercises, quadrants
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_classes, plot_decision_boundary

import keras
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: two neurons in a chain (4 points, 6 minutes)
#
# Both neurons fire (output 1) if their sum is positive, else their output is 0. What are the two sums?

# %%
sheet.task("two neurons")

# %%
first_sum, second_sum = ..., ...
### BEGIN SOLUTION
first_sum = 0 * 0.5 + 1 * 0.5 + 2 * -1.5 + 0.5  # −2: it does not fire
second_sum = 3 * 0 + 1
### END SOLUTION

# %%
sheet.check("two neurons", (first_sum, second_sum))

# %% [markdown]
# ## 2 · Predict: three words (2 points, 4 minutes)
#
# Which is the *narrowest* of the three fields to which each program belongs? **A** plays chess by rules that its authors
# wrote; **B** has learnt from 10,000 sold flats to estimate a price from age and size, with one formula; **C** recognises
# birds in sound recordings, with a network of 20 layers. Answer with three letters in the order A, B, C: `a` artificial
# intelligence, `m` machine learning, `d` deep learning.

# %%
fields = ...  # three letters
### BEGIN SOLUTION
fields = "amd"
### END SOLUTION

# %%
sheet.check("three words", fields)

# %% [markdown]
# ## 3 · Predict: once round the loop (2 points, 4 minutes)
#
# The images have gone through the layers. In which order does the round go on? Write the four letters: `l` loss, `o`
# optimizer, `p` prediction, `w` new weights.

# %%
order = ...  # four letters
### BEGIN SOLUTION
order = "plow"
### END SOLUTION

# %%
sheet.check("loop", order)

# %% [markdown]
# ## 4 · Predict: a good choice? (2 points, 4 minutes)
#
# For which of these would you try a deep network first?
#
# - **a** The yield of 80 fields, from a table with five columns.
# - **b** Which machine in a hall is about to fail, from 50,000 sound recordings.
# - **c** A loan, where the customer has a right to know the reason.
# - **d** The interest on a loan after ten years.

# %%
task = ...  # one letter
### BEGIN SOLUTION
task = "b"
### END SOLUTION

# %%
sheet.check("good choice", task)

# %% [markdown]
# ## 5 · Predict: strange results (2 points, 3 minutes)
#
# You have changed some cells of a notebook, deleted one and run others twice. Now the numbers look strange. What do you do
# first?
#
# - **a** Run the strange cell again.
# - **b** Install the packages again.
# - **c** *Run → Restart Kernel and Run All Cells*.
# - **d** Call `diagnose`.

# %%
do_first = ...  # one letter
### BEGIN SOLUTION
do_first = "c"
### END SOLUTION

# %%
sheet.check("strange results", do_first)

# %% [markdown]
# ## 6 · Transfer: a feature by hand (4 points, 7 minutes)
#
# In the lesson one neuron separated two rings after somebody had thought of the feature $x_1^2 + x_2^2$. Here is another
# task for a single neuron.

# %% alt="Orange triangles fill the upper right and the lower left quarter of a square, blue circles the two other quarters."
points, labels = quadrants()
ax = plot_classes(points, labels, title="Four quarters, two classes")

# %% [markdown]
# Write a function that makes one number from each point, so that one neuron can tell the classes apart: at least 97 % of
# these points, and of other points of the same kind. `points[:, 0]` holds all x₁, `points[:, 1]` all x₂.


# %%
def feature(points):
    """Return one number for each point, shape (n,); points has the shape (n, 2)."""
    ### BEGIN SOLUTION
    return points[:, 0] * points[:, 1]
    ### END SOLUTION


# %%
sheet.check("feature", feature)

# %% alt="A map of the square. One neuron with the new feature says orange in two opposite quarters and blue in the other two."
if sheet.solved("feature"):
    neuron = LogisticRegression().fit(np.reshape(feature(points), (-1, 1)), labels)  # one neuron

    def says(places):
        return neuron.predict_proba(np.reshape(feature(places), (-1, 1)))[:, 1]

    ax = plot_decision_boundary(says, points, labels, title="One neuron and your feature")

# %% [markdown]
# ## 7 · Repair: a network that reads badly (4 points, 7 minutes)
#
# Small handwritten digits of 8 × 8 pixels, with numbers from 0 to 255. One layer of this network is wrong.

# %%
x_train, y_train, x_test, y_test = digits()
hidden = [layers.Rescaling(255), layers.Flatten(), layers.Dense(16, "relu")]
sick = keras.Sequential([keras.Input((8, 8)), *hidden, layers.Dense(10, "softmax")])
sick.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
fit(sick, x_train, y_train, batch_size=32, epochs=30, verbose=0)
print("accuracy on test images:", round(sick.evaluate(x_test, y_test, verbose=0)[1], 2))

# %% [markdown]
# Which layer? Return a trained network that reads at least 90 % of the test images. (Keep the 30 epochs: 1,000 images are
# few.)


# %%
def cured(x_train, y_train):
    """Return a trained model with ten outputs; x_train has the shape (1000, 8, 8)."""
    ### BEGIN SOLUTION
    hidden = [layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(16, "relu")]
    model = keras.Sequential([keras.Input((8, 8)), *hidden, layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit(model, x_train, y_train, batch_size=32, epochs=30, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, x_train, y_train)

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
