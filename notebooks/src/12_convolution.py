# %% [markdown]
# # 12 · Convolution
#
# **How can a network know that a picture shows the same thing when the thing has moved?**
#
# After this lesson you can
#
# - compute a convolution by hand, and by code with stride, padding, several channels and several filters;
# - give the output size, the number of parameters and the receptive field of a convolutional network;
# - build such a network, and show by experiments why it fits images better than an MLP;
# - look into a trained network: its filters, its feature maps, and the patches that excite a layer most;
# - reuse the layers of a trained network for a new task that has few images.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 02, 03, 09 and 11 | about 1 minute | CIFAR-10: 60,000 photographs, 32 × 32; drawn faces |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_cifar10
from nnlib.models import cnn, mlp
from nnlib.plotting import animate_convolution, plot_curves, plot_receptive_field
from nnlib.plotting import plot_sliding_window, plot_spread, show_images
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.linear_model import LogisticRegression

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
FILTERS = (24, 48, 96)  # of the three convolutions
EPOCHS = 2
BATCH_SIZE = 64
PASSES = {"batch_size": BATCH_SIZE, "epochs": EPOCHS}  # options for `fit`
RATES = {"CNN": 4e-3, "MLP": 5e-4}  # learning rates
NEW = [8, 9]  # ship and truck: the classes that the first network of the last part does not see
FEW = 100  # images of them for the second network
FEW_RATE = 1e-3  # the learning rate for them
DRAWS = 5  # how often these images are drawn
STARTS = 3  # random starts of the networks for drawn faces

# %% [markdown]
# ## A small window
#
# [Lesson 09](09_cifar10_mlp.ipynb) mixed up the pixels of all photographs in the same way, and the MLP learned as
# before. A `Dense` unit has its own weights for each pixel, and the order of its inputs means nothing to it. It does
# not know which pixels are neighbours. What it learns about an object in the left half of the picture, it has to learn
# again for the right half.
#
# A **convolution** looks at the picture through a small window. The window has its own weights, called the **kernel**
# (also: the **filter**). At each position, the pixels in the window are multiplied by the weights and added up. Then
# the window moves on, with the *same* weights. The table of these sums, one per position, is the **feature map**.
#
# Here is a picture with an edge: dark (0) on the left, bright (1) on the right.

# %%
edge = np.zeros((6, 6))
edge[:, 3:] = 1
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])


def convolve(image, kernel):
    """Slide a square kernel over a grey image; returns the feature map."""
    size = len(kernel)
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1
    feature_map = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = image[i : i + size, j : j + size]
            feature_map[i, j] = np.sum(window * kernel)
    return feature_map


# %% [markdown]
# **Predict:** the kernel subtracts what is on the left from what is on the right. How large is the feature map, and
# what stands in its four columns?

# %% alt="Left a table of 6 times 6 pixels, zeros in three columns and ones in three. Right the feature map of 4 times 4 numbers: the two middle columns hold 3, the outer ones 0. Two windows and the numbers that come from them are outlined."
ax = plot_sliding_window(
    edge, convolve(edge, kernel), size=3, at=[(0, 0), (2, 2)],
    title="The feature map tells where the edge is",
)  # fmt: skip

# %% [markdown]
# A window of 3 pixels has 4 positions in a row of 6. Where the window sees one brightness only, the sum is 0. Where the
# edge is in the window, the sum is 3. (In mathematics, a convolution turns the kernel by 180° first. Deep learning
# leaves this out, since the weights are learnt anyway. The strict name of what we do is *cross-correlation*.)
#
# **Your turn:** what does the feature map hold for an edge from bright to dark? And for an edge between an upper and a
# lower half?
#
# <details><summary>Answer</summary>
#
# For bright on the left and dark on the right it holds −3 at the edge: the same kernel, the other sign. A ReLU after it
# would make 0 of this. For an upper and a lower half it holds 0 everywhere, because left and right are equal in every
# window.
#
# </details>
#
# Now a picture with edges in all directions. Press *Play*.

# %%
row, column = np.mgrid[0:10, 0:10]  # for each pixel: its row, and its column
distance = np.hypot(row - 4.5, column - 4.5)  # from the middle, by Pythagoras
disc = np.clip(3.5 - distance, 0, 1)  # 1 inside, 0 outside
alt = (
    "A window of 3 by 3 pixels slides over a white disc on black. The feature map to the right "
    "becomes bright at the left edge of the disc and dark at its right edge."
)
animate_convolution(disc, kernel, alt=alt)

# %% [markdown]
# At the left edge of the disc the sums are positive (yellow), at the right edge negative (blue), and at the upper and
# the lower edge about 0. One kernel finds one kind of edge, at every place.
#
# ## Stride, padding, channels, filters
#
# Four things are still missing.
#
# - **Stride**: how many pixels the window moves from one position to the next. With 2, half of the positions in each
#   direction are left out.
# - **Padding**: rings of zeros around the image, so that the window can also stand at the border.
# - **Channels**: a colour image has three numbers per pixel. The kernel then has three weights per pixel, and *one* sum
#   is made of all of them. (So a filter does not make three maps out of three colours.)
# - **Filters**: a layer has many kernels. Each makes a feature map. These maps are the channels of the next layer.
#
# So the kernels of a layer have four axes: (size, size, channels, filters). Each filter has a bias, too.


# %%
def convolve_all(image, kernels, bias, stride=1, padding=(0, 0)):
    """Image (height, width, channels) and kernels (size, size, channels, filters): all maps."""
    image = np.pad(image, [padding, padding, (0, 0)])  # zeros (before, after), none for channels
    size, filters = kernels.shape[0], kernels.shape[3]
    rows, columns = [(n - size) // stride + 1 for n in image.shape[:2]]
    maps = np.zeros((rows, columns, filters))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = image[top : top + size, left : left + size]
            for f in range(filters):
                maps[i, j, f] = np.sum(window * kernels[:, :, :, f]) + bias[f]
    return maps


# %% [markdown]
# Does Keras do the same? We compare with `Conv2D` on an image of random numbers. In Keras, `padding="valid"` means
# none, and `padding="same"` means as many zeros as needed for ⌈n / stride⌉ outputs (⌈ ⌉: rounded up), half of them on
# each side. If their number is odd, the odd one goes below and to the right. For 8 pixels, a window of 3 and stride 2
# that is a single row and a single column of zeros: below, and to the right.

# %%
rng = np.random.default_rng(seed)
image = rng.normal(size=(8, 8, 3)).astype("float32")
cases = [(1, 1, "valid", (0, 0)), (3, 1, "valid", (0, 0)), (3, 1, "same", (1, 1))]
cases += [(3, 2, "same", (0, 1)), (5, 2, "valid", (0, 0))]
for size, stride, word, zeros in cases:
    layer = layers.Conv2D(4, size, strides=stride, padding=word)
    layer.build((None, 8, 8, 3))
    kernels, bias = rng.normal(size=(size, size, 3, 4)), rng.normal(size=4)
    layer.set_weights([kernels, bias])
    gap = layer(image[None]).numpy()[0] - convolve_all(image, kernels, bias, stride, zeros)
    expect(f"size {size}, stride {stride}, {word}: largest difference", abs(gap).max(), high=1e-5)

# %% [markdown]
# `image[None]` makes a batch of one image, since layers want batches. All five agree.
#
# The first case has a window of 1 × 1. Is that of any use? It sees one pixel, but all *channels* of this pixel. So it
# is a `Dense` layer that is used once per pixel: it can turn three colours into one brightness, or 128 maps into 16
# that are cheaper to work with.
#
# How large is a feature map? Count the positions of the window: the first is at the border, and each further one needs
# a stride of room.
#
# $$\text{positions} = \left\lfloor \frac{n + \text{padding} - \text{size}}{\text{stride}} \right\rfloor + 1$$
#
# $\lfloor\;\rfloor$ means rounded down, and the padding counts both sides. **Predict:** an image has 6 × 6 pixels, the
# window is 3 × 3. How large is the map with one ring of zeros? And how large with stride 2 and without zeros?

# %% alt="Two drawings. Above, a ring of hatched zeros around 6 times 6 pixels, and an output of 6 times 6 numbers. Below, 6 times 6 pixels without zeros, stride 2, and an output of 2 times 2 numbers. The first windows are outlined."
stairs = np.arange(36).reshape(6, 6) % 5  # some numbers to look at
mean = np.ones((3, 3, 1, 1)) / 9  # this kernel takes the mean of its window
figure, axes = plt.subplots(2, 1, figsize=(8, 7.6), layout="constrained", height_ratios=(8, 6))
settings = {"Padding: a ring of zeros": (1, (1, 1)), "Stride: every second position": (2, (0, 0))}
for ax, (title, (stride, rings)) in zip(axes, settings.items(), strict=True):
    out = convolve_all(stairs[:, :, None], mean, [0], stride, rings)[:, :, 0]
    plot_sliding_window(
        stairs, out, size=3, stride=stride, padding=rings, at=[(0, 0), (0, 1)], title=title, ax=ax
    )

# %% [markdown]
# With a ring of zeros the map is as large as the image: 6 + 2 − 3 + 1 = 6. With stride 2 it is $\lfloor 3/2 \rfloor + 1
# = 2$: the last column of pixels is in no window. A stride saves work: with 2, a quarter of the positions is left.
#
# **Pooling** also slides a window, usually one of 2 × 2 with stride 2, but without weights. It takes the largest value
# in each window (**max pooling**) or the mean. So it has nothing to learn. It makes maps smaller, and it forgets where
# exactly in its window the largest value was.

# %% alt="A table of 4 times 4 numbers with two windows of 2 times 2 outlined, and the output of 2 times 2 with the largest number of each window."
numbers = rng.integers(0, 10, size=(4, 4)).astype("float32")
pooled = layers.MaxPooling2D(2)(numbers[None, :, :, None]).numpy()[0, :, :, 0]
ax = plot_sliding_window(
    numbers, pooled, size=2, stride=2, at=[(0, 0), (1, 1)],
    title="Max pooling keeps the largest number of each window",
)  # fmt: skip

# %% [markdown]
# As long as the largest number stays in its window and no larger one comes in, a shift changes nothing. So pooling
# forgets small shifts in part, not all of them.
#
# ### How many parameters?
#
# A filter has size · size · channels weights and one bias. So a layer has
#
# $$(\text{size} \cdot \text{size} \cdot \text{channels} + 1) \cdot \text{filters}$$
#
# parameters. The size of the image does not occur: the same weights are used at every position. This is called **weight
# sharing**. A `Dense` layer with as many outputs shares nothing.
#
# **Your turn:** a layer has 24 filters of 3 × 3 on a colour image. How many parameters? The image has 32 × 32 pixels,
# the stride is 2, and there is no padding. How many outputs are there, and how many parameters would a `Dense` layer
# need for them?

# %%
layer = layers.Conv2D(24, 3, strides=2)
n_out = layer(np.zeros((1, 32, 32, 3))).shape[1:]
by_hand = (3 * 3 * 3 + 1) * 24
dense = (32 * 32 * 3 + 1) * int(np.prod(n_out))
print(f"outputs: {n_out[0]} × {n_out[1]} × {n_out[2]} = {np.prod(n_out):,}")
expect("parameters of the convolution", layer.count_params(), by_hand, by_hand)
print(f"a Dense layer with as many outputs: {dense:,} parameters")

# %% [markdown]
# ### What does a unit see?
#
# One unit of the first layer sees a window of pixels. A unit of the second layer sees a window of first-layer units,
# and through them more pixels. All pixels that can change a unit are its **receptive field**.
#
# **Predict:** three layers follow each other, each with windows of 3 × 3 and stride 2. How many pixels wide is the
# receptive field of a unit in the third layer? Go from the top down: $n$ units in a row see $(n - 1) \cdot
# \text{stride} + \text{size}$ units of the layer below. (A pooling layer counts like the others.)

# %% alt="A network from the side: one unit on top, joined to 3 units below, these to 7 units, these to 15 pixels. Neighbouring windows overlap."
WINDOWS = {"conv 1": (3, 2), "conv 2": (3, 2), "conv 3": (3, 2)}  # size and stride
ax = plot_receptive_field(WINDOWS)

# %% [markdown]
# Three small windows see 15 pixels, about half the width of a CIFAR-10 photograph. A unit of the first layer can only
# find something as small as an edge. Later units can put together what earlier ones have found.
#
# ## A small network for CIFAR-10
#
# The photographs of lesson 09 again. The last 5,000 training images are kept apart. We chose the settings with them,
# and train on the others.
#
# People wrote kernels like the one for edges by hand for decades. A **convolutional network** (CNN) *learns* its
# kernels.
#
# Three convolutions with stride 2 make maps of 15 × 15, 7 × 7 and 3 × 3, while the number of filters grows: fewer
# places, more features. Then come `Flatten` and one `Dense` layer for the ten classes. `Rescaling` brings the pixels
# from 0 … 255 to −1 … 1, so that their mean is near 0.

# %%
data = load_cifar10()
x_train, y_train = data.x_train[:-5000], data.y_train[:-5000]
x_test, y_test = data.x_test, data.y_test
names = np.array(data.class_names)
model = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        layers.Rescaling(1 / 127.5, offset=-1),
        *[layers.Conv2D(n, 3, strides=2, activation="relu") for n in FILTERS],
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)

# %% [markdown]
# **Your turn:** count the parameters of the four layers with weights before you run the next cell. How many numbers
# does `Flatten` hand on?

# %%
channels, side, rows = 3, 32, []
for n in FILTERS:
    side = (side - 3) // 2 + 1
    rows.append((f"{side} × {side} × {n}", (3 * 3 * channels + 1) * n))
    channels = n
rows.append(("10", (side * side * channels + 1) * 10))
table = pd.DataFrame(rows, [*WINDOWS, "dense"], ["output", "parameters"])
total = table["parameters"].sum()
expect("parameters", model.count_params(), total, total)
same = keras.Sequential([layers.Rescaling(1 / 127.5, offset=-1), cnn((32, 32, 3), FILTERS, 10)])
same.build((None, 32, 32, 3))
same.set_weights(model.get_weights())
gap = same(x_test[:100]).numpy() - model(x_test[:100]).numpy()
expect("cnn − the network by hand, largest difference", np.abs(gap).max(), high=1e-6)
table

# %% [markdown]
# `Flatten` hands on 3 · 3 · 96 = 864 numbers. The MLP of lesson 09 has 646,260 parameters, ten times as many as this
# network. From here on `nnlib.models.cnn` builds such stacks: with the same weights it gives the same answers.
#
# Both networks get the same images in batches of the same size, and make the same number of updates. Each has the
# learning rate that was the best for it on the 5,000 images kept apart: we halved and doubled it until the accuracy
# fell on both sides. During the training the rate falls to 0 (lesson 07). **Predict:** which of the two is better on
# the 10,000 test images, and by how much?


# %%
def compiled(network, rate, n_images):  # the rate falls to 0 over all passes
    steps = EPOCHS * int(np.ceil(n_images / BATCH_SIZE))
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))
    network.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def dense_network():
    scale = layers.Rescaling(1 / 127.5, offset=-1)
    return keras.Sequential([keras.Input((32, 32, 3)), scale, mlp((32, 32, 3), (200, 150), 10)])


# %% [markdown]
# Both train now:

# %%
networks = {"MLP": dense_network(), "CNN": model}
for name, network in networks.items():
    print(name)
    fit(compiled(network, RATES[name], len(x_train)), x_train, y_train, **PASSES)


# %%
def outputs(network, images):
    """What a network gives for many images, 1,000 at a time."""
    parts = [network(images[i : i + 1000]).numpy() for i in range(0, len(images), 1000)]
    return np.concatenate(parts)


answers = {name: outputs(network, x_test).argmax(axis=1) for name, network in networks.items()}
scores = {name: np.mean(answer == y_test) for name, answer in answers.items()}
sizes = {name: network.count_params() for name, network in networks.items()}
expect("CNN − MLP", scores["CNN"] - scores["MLP"], low=0.08)
expect("parameters of the CNN", sizes["CNN"], high=sizes["MLP"] - 1)
if data.is_real:
    expect("CNN: test accuracy", scores["CNN"], low=0.58)
pd.DataFrame({"parameters": sizes, "test accuracy": scores}).round(3)

# %% [markdown]
# With a tenth of the parameters the CNN recognises clearly more (one run of each). Lesson 09 let its MLP make five
# times as many passes over the data, and it reached about 0.5. Where does the difference come from? A unit of the CNN
# looks at neighbours only, and it uses the same weights at every place. The next two parts test what follows from that.
#
# ## Moved pictures
#
# We move the test images to the right, pixel by pixel; the left border column is repeated. **Predict:** after a shift
# of 4 pixels, how many answers are still the same as before, in each network?


# %%
def moved(images, pixels):
    """The images, moved to the right; the first column is repeated."""
    out = np.roll(images, pixels, axis=2)
    out[:, :, :pixels] = images[:, :, :1]
    return out


pixels, some = np.arange(9), x_test[:1000]
kept = {name: [] for name in networks}
for name, network in networks.items():
    before = answers[name][:1000]
    for p in pixels:
        kept[name].append(np.mean(outputs(network, moved(some, p)).argmax(axis=1) == before))

# %% alt="Two falling curves over the shift from 0 to 8 pixels: the share of unchanged answers of the CNN and of the MLP."
ax = plot_curves(
    pixels, kept, title="Answers that stay the same after a shift",
    xlabel="shift (pixels)", ylabel="share of the answers",
)  # fmt: skip
for name in networks:
    expect(f"{name}: unchanged after 8 pixels", kept[name][-1], high=0.9)
if data.is_real:
    more = np.mean(kept["CNN"][1:]) - np.mean(kept["MLP"][1:])
    expect("CNN − MLP, mean over 1 to 8 pixels", more, -0.08, 0.08)

# %% [markdown]
# The CNN does lose answers: over all shifts roughly as many as the MLP on the real photographs. (On the drawn pictures
# that the course uses without internet, fewer.) You may have read that a CNN does not mind shifts. What is exactly true
# is less: when the picture moves, the *feature maps* move along. A layer with this property is called **equivariant**
# to shifts. With stride 1 this holds for every shift. With three layers of stride 2 it holds for shifts by 2 · 2 · 2 =
# 8 pixels, which move the last maps by one place:

# %%
body = keras.Sequential(model.layers[:-2])  # without Flatten and Dense
maps, maps_moved = outputs(body, some), outputs(body, moved(some, 8))
gap = maps_moved[:, :, 1:] - maps[:, :, :-1]
expect("maps of the moved images − moved maps", np.abs(gap).max() / np.abs(maps).max(), high=1e-5)

# %% [markdown]
# So at this shift the convolutions lose nothing but what leaves the picture. (At a shift between, the windows stand on
# other pixels, and the maps change.) After them come `Flatten` and `Dense`, and these have a weight per place again. Is
# this the cause? Then the answers should stay where the place is forgotten before the last layer. We test it below,
# with pictures of which we know everything.
#
# ## Mixed-up pictures
#
# Now the strange experiment of lesson 09: all pixels are mixed up, in all images in the same way. For the MLP there is
# an exact answer. Mix up the rows of its first kernel in the same way, and each weight meets its own pixel again.

# %%
order = np.random.default_rng(seed).permutation(32 * 32)


def mixed(images):
    return images.reshape(-1, 32 * 32, 3)[:, order].reshape(images.shape)


rearranged = dense_network()
first, *rest = networks["MLP"].get_weights()
first = first.reshape(32 * 32, 3, -1)[order].reshape(first.shape)
rearranged.set_weights([first, *rest])
gap = outputs(rearranged, mixed(some)) - outputs(networks["MLP"], some)
expect("MLP: mixed pixels, mixed kernel − before", np.abs(gap).max(), high=1e-4)

# %% [markdown]
# So mixed-up images are as easy for an MLP as real ones: whatever it learns from the ones, it can learn from the
# others. For a CNN there is no such rearrangement, since its windows now hold pixels from all over the picture.
# **Predict:** how much accuracy does a CNN lose when it is *trained* on mixed-up images, and is it still better than an
# MLP? Only 6,000 images and 2,000 test images here, to save time, and one run of each kind.


# %%
def restart(network):
    """New random weights for all layers that learn, and an optimizer without memory."""
    fresh = keras.models.clone_model(network)
    for old, new in zip(network.trainable_variables, fresh.trainable_variables, strict=True):
        old.assign(new)
    for variable in network.optimizer.variables:
        if variable is not network.optimizer.learning_rate:
            variable.assign(0 * variable)


# %%
few, labels = x_train[:6000], y_train[:6000]
data_sets = {"original": (few, x_test[:2000]), "mixed up": (mixed(few), mixed(x_test[:2000]))}
learners = {"CNN": keras.models.clone_model(model), "MLP": dense_network()}
trained = {}
for name, learner in learners.items():
    compiled(learner, RATES[name], len(few))
    for kind, (images, tests) in data_sets.items():
        restart(learner)
        fit(learner, images, labels, **PASSES, verbose=0)
        trained[name, kind] = np.mean(outputs(learner, tests).argmax(axis=1) == y_test[:2000])
expect("CNN: loss of accuracy", trained["CNN", "original"] - trained["CNN", "mixed up"], low=0)
if data.is_real:
    both = trained["CNN", "mixed up"] - trained["MLP", "mixed up"]
    expect("CNN − MLP on mixed-up images", both, high=0.02)
pd.Series(trained).unstack().round(3)

# %% [markdown]
# The MLP loses nothing (its two runs differ by their random starts). The CNN loses accuracy, and with it its lead. Its
# windows need images in which pixels that belong together are neighbours. In photographs they are. Mixing also makes it
# senseless to look for the same pattern at every place. Which of the two counts more? In a trial on the real
# photographs each window got weights of its own, and all else stayed (five starts for each kind of network, each at the
# best of the same rates). This network lost about a third of what the CNN lost by mixing, and about half after five
# times as many passes: so much comes from the neighbours. The rest comes from one pattern for all places: on mixed-up
# images, where no pattern comes back elsewhere, the network with weights of its own was the better one.
#
# ## What do the layers look for?
#
# The 24 kernels of the first layer have 3 × 3 weights for each of three colours. So each can be shown as a small
# picture (grey: weight 0). Eight of them stand below a photograph. Each has under it the feature map that it makes of
# the photograph (white: the largest value of this map). The last row holds eight of the 48 maps of layer 2.

# %% alt="A photograph; below it eight filters, small pictures of 3 by 3 coloured squares; below them the eight feature maps of these filters; below them eight coarser maps of the second layer. Bright places are where a filter answers strongly; some maps are black."
photo = x_test[[1]]
kernels = np.moveaxis(model.layers[1].get_weights()[0], 3, 0)  # one picture per filter
largest = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
rows = {"layout": "constrained", "height_ratios": (1.6, 1, 1, 1)}
figure, axes = plt.subplots(4, 1, figsize=(9, 7.8), **rows)
show_images(photo, n=1, title=f"A test image ({names[y_test[1]]})", ax=axes[0])
title = "Eight filters of layer 1 …"
show_images(0.5 + 0.5 * kernels / largest, n=8, columns=8, title=title, ax=axes[1])
for depth, title in ((1, "… their maps of the image …"), (2, "… and eight maps of layer 2")):
    maps = outputs(keras.Sequential(model.layers[: depth + 1]), photo)[0]
    maps = maps / np.maximum(maps.max(axis=(0, 1)), 1e-9)  # each from 0 to 1; all 0 stays black
    show_images(np.moveaxis(maps, 2, 0), n=8, columns=8, title=title, ax=axes[depth + 1])

# %% [markdown]
# Nobody asked for these filters; training found them. Few are as clean as our kernel for edges, and their maps say
# more: some show the edges of the object, some its areas. Where a map is black, no sum is above 0, and ReLU makes 0 of
# them. In the second layer a pixel of the map stands for 7 × 7 pixels of the photograph, and it is hard to say what it
# means. A better question than "what does this number mean?" is: *which patch of all photographs makes it largest?*
#
# Without padding this is easy. In layer 2, say, the unit at row 3, column 5 (counted from 0) sees 7 × 7 pixels from row
# 12 and column 20 on: one step in this layer is 2 · 2 = 4 pixels, the product of the strides. In the next figure, each
# column belongs to one filter.


# %%
def favourites(maps, images, size, step, n_filters=8, best=3):
    """Of filters that answer at all, the patches that excite them most, best patch first."""
    filters = np.flatnonzero(maps.max(axis=(0, 1, 2)) > 0)[:n_filters]
    patches = []
    for f in filters:
        strength = maps[:, :, :, f].reshape(len(images), -1)  # one row per image
        for i in np.argsort(-strength.max(axis=1))[:best]:
            row, column = divmod(strength[i].argmax(), maps.shape[2])  # whole part and rest
            top, left = row * step, column * step
            patches.append(images[i, top : top + size, left : left + size])
    patches = np.array(patches).reshape(len(filters), best, *patches[0].shape)
    return patches.swapaxes(0, 1).reshape(-1, *patches.shape[2:])  # filters side by side


# %% alt="Three grids of eight columns with three patches each. Layer 1: tiny patches of one colour or with one edge. Layer 2: patches with edges, lines and corners. Layer 3: larger patches that show parts of things; the patches of a column resemble each other."
figure, axes = plt.subplots(3, 1, figsize=(9, 11), layout="constrained")
for layer, size, step, ax in zip((1, 2, 3), (3, 7, 15), (2, 4, 8), axes, strict=True):
    maps = outputs(keras.Sequential(model.layers[: layer + 1]), some)
    silent = (maps.max(axis=(0, 1, 2)) == 0).sum()
    print(f"layer {layer}: {silent} of {maps.shape[3]} filters give 0 everywhere")
    patches = favourites(maps, some, size, step)
    title = f"Layer {layer}: {size} × {size} pixels"
    show_images(patches, n=len(patches), columns=len(patches) // 3, title=title, ax=ax)

# %% [markdown]
# In layer 1 most patches have one colour or one edge. In layer 2 some hold lines and corners. In layer 3 the patches of
# some columns resemble each other in colour and shape. Many columns have no name: what a filter answers to need not be
# a thing. And some filters answer to nothing: they give 0 at every place of all 1,000 images (the lines above the
# figure say how many), and the figure leaves them out. Their units are probably dead ([lesson
# 04](04_activations.ipynb)). Then this network is even smaller than its parameters say.
#
# ## From pixels to edges to parts
#
# [Lesson 00](00_start_here.ipynb) had a drawing of an idea: the first layers find edges, later ones put edges together
# to parts, the last ones parts to a face. With photographs it is hard to check. So we draw faces, smiling or sad,
# somewhere in the picture, and know what is where.


# %%
ROWS, COLUMNS = np.mgrid[0:32, 0:32]  # for each pixel: its row, and its column


def face(smiling, rng, parts=("outline", "eyes", "mouth"), where=(10, 21)):
    """A drawn face somewhere in a grey picture of 32 × 32 pixels, bright on dark, with noise."""
    radius, top, left = rng.uniform(8, 10), rng.uniform(*where), rng.uniform(*where)
    y, x = (ROWS - top) / radius, (COLUMNS - left) / radius  # places, measured from the middle
    bend = 1.2 * (x**2 - 0.125)  # the mouth is a piece of a parabola, cut off at |x| = 0.5
    distance = {  # of each pixel from the lines of the drawing: near a line the pixel is bright
        "outline": abs(np.hypot(x, y) - 0.9),
        "eyes": np.hypot(abs(x) - 0.35, y + 0.3) - 0.08,
        "mouth": np.maximum(abs(y - 0.42 + (bend if smiling else -bend)), abs(x) - 0.5),
    }
    ink = [np.clip(1.6 - radius * distance[part], 0, 1) for part in parts]
    return np.max(ink, axis=0) + 0.1 * rng.normal(size=(32, 32))


# %% alt="Five drawn faces in different places and sizes, some smiling, some sad."
def draw_faces(n, rng, **options):
    """n faces, shape (n, 32, 32, 1), and whether each smiles."""
    smiling = rng.integers(0, 2, n)
    pictures = [face(smile, rng, **options) for smile in smiling]
    return np.array(pictures)[:, :, :, None].astype("float32"), smiling


faces, smiles = draw_faces(600, rng)
words = np.array(["sad", "smiling"])
ax = show_images(faces[:5, :, :, 0], words[smiles[:5]], n=5, title="Smiling or sad?")

# %% [markdown]
# The network has three convolutions, and after them **global max pooling**: of each map the largest value, wherever it
# is. So the last layer gets 16 numbers. Each says "my pattern is somewhere in the picture", or not. We train it from
# three random starts and test it on other faces.
#
# Only the mouth tells smiling from sad. Does the network need the rest of the face as well? We test it on faces without
# eyes, and on faces without outline. And as a check, on faces without mouth: of these nobody can tell more than by
# guessing. **Predict** which part the network needs besides the mouth. How much of the answer can be read after each
# layer? For this we give logistic regression the largest value of each map, layer by layer, and for comparison the
# pixels.

# %%
plan = ((8, 2), (16, 2), (16, 1))  # filters and stride
convolutions = [layers.Conv2D(n, 3, strides=s, activation="relu") for n, s in plan]
head = [layers.GlobalMaxPooling2D(), layers.Dense(1, activation="sigmoid")]
judge = keras.Sequential([keras.Input((32, 32, 1)), *convolutions, *head])
judge.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
PARTS = ["outline", "eyes", "mouth"]
sets = {"all parts": draw_faces(300, rng)}
for gone in ("eyes", "outline", "mouth"):
    left_over = [part for part in PARTS if part != gone]
    sets[f"without {gone}"] = draw_faces(300, rng, parts=left_over)
new_faces, new_smiles = sets["all parts"]

# %%
by_part, by_layer = {name: [] for name in sets}, {1: [], 2: [], 3: []}
logistic = LogisticRegression(max_iter=2000).fit(faces.reshape(600, -1), smiles)
from_pixels = logistic.score(new_faces.reshape(300, -1), new_smiles)
for _ in range(STARTS):
    restart(judge)
    fit(judge, faces, smiles, batch_size=50, epochs=15, verbose=0)
    for name, (pictures, truth) in sets.items():
        by_part[name].append(np.mean((outputs(judge, pictures)[:, 0] > 0.5) == truth))
    for layer, found in by_layer.items():
        stack = keras.Sequential(judge.layers[:layer])  # the largest value of each of its maps:
        train, test = (outputs(stack, some).max(axis=(1, 2)) for some in (faces, new_faces))
        found.append(logistic.fit(train, smiles).score(test, new_smiles))

# %% alt="Two panels of dots, three per row. Left: with all parts and without eyes nearly all faces are judged right, without outline about two thirds, without mouth about half. Right: logistic regression gets about two thirds right from layer 1, as from pixels, more from layer 2, and all from layer 3."
figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
chance = ("guessing", 0.5)
plot_spread(by_part, reference=chance, title="The network", ax=axes[0])
named = {f"layer {layer}": found for layer, found in by_layer.items()}
pixels_only = ("pixels", from_pixels)
plot_spread(named, reference=pixels_only, title="Logistic regression on …", ax=axes[1])
for ax in axes:
    ax.set_xlim(0.4, 1.03)
expect("all parts: mean", np.mean(by_part["all parts"]), low=0.95)
expect("without eyes: mean", np.mean(by_part["without eyes"]), low=0.75)
expect("without outline: mean", np.mean(by_part["without outline"]), 0.4, 0.9)
expect("without mouth: mean", np.mean(by_part["without mouth"]), 0.4, 0.6)
expect("pixels", from_pixels, high=0.8)
expect("layer 1: mean", np.mean(by_layer[1]), high=0.75)
expect("layer 3: mean", np.mean(by_layer[3]), low=0.95)

# %% [markdown]
# Without the mouth the network guesses, as it must. Without the eyes most answers stay right. But without the outline
# it is often wrong, although the outline is the same for smiling and sad: it learned from mouths inside an outline. The
# right panel says how much of the answer can be read after each layer (dashed: from the pixels themselves). An edge of
# 3 × 3 pixels is in every face, smiling or not: from the largest values of layer 1 the answer can be read only in part
# (guessing is right for ½). Layer 2 sees 7 × 7 pixels, a part of a mouth. Layer 3 sees 15 × 15, a whole mouth, and from
# its 16 numbers the answer can be read off. **Predict:** which patches excite the filters of each layer most?

# %% alt="Three rows of eight pairs of patches. Layer 1: short edges and lines. Layer 2: corners and bent pieces of lines. Layer 3: mouths, bent up or down, most of them with eyes and outline."
figure, axes = plt.subplots(3, 1, figsize=(9, 8), layout="constrained")
for layer, size, step, ax in zip((1, 2, 3), (3, 7, 15), (2, 4, 4), axes, strict=True):
    maps = outputs(keras.Sequential(judge.layers[:layer]), new_faces)
    patches = favourites(maps, new_faces, size, step, best=2)
    title = f"Layer {layer}: {size} × {size} pixels"
    show_images(patches, n=len(patches), columns=len(patches) // 2, title=title, ax=ax)

# %% [markdown]
# Most patches of layer 1 hold a short edge, a few are bright all over. Most patches of layer 2 hold pieces of lines,
# bent lines and corners. The patches of layer 3 hold a mouth or a part of one, and most of them eyes and outline as
# well: 15 × 15 pixels are most of a face. Which of these parts counts cannot be seen in the patches. Only the mouth
# *differs*, and still the test above says that the outline counts as well. So the drawing of lesson 00 is right here in
# its direction. It is no law for all networks: many filters answer to several things, or to nothing that has a name.
#
# ### Back to moved pictures
#
# Now the test from above. Two networks learn from faces in the *middle* of the picture: the three convolutions with
# `Flatten` and `Dense` after them, and the same with global max pooling, which forgets the place. **Predict:** what
# does each say about faces that are moved to the right?

# %%
middle, truth = draw_faces(600, rng, where=(14, 17))
new_middle, new_truth = draw_faces(300, rng, where=(14, 17))
convolutions = [layers.Conv2D(n, 3, strides=s, activation="relu") for n, s in plan]
head = [layers.Flatten(), layers.Dense(1, activation="sigmoid")]
flat = keras.Sequential([keras.Input((32, 32, 1)), *convolutions, *head])
flat.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
students = {"Flatten": flat, "pooling": judge}
shifts, right = np.arange(7), {name: np.zeros((STARTS, 7)) for name in students}
for run in range(STARTS):
    for name, student in students.items():
        restart(student)
        fit(student, middle, truth, batch_size=50, epochs=10, verbose=0)
        for p in shifts:
            smiling = outputs(student, moved(new_middle, p))[:, 0] > 0.5
            right[name][run, p] = np.mean(smiling == new_truth)

# %% alt="Two curves over the shift from 0 to 6 pixels, mean of three runs. Both start near 1. With global max pooling the curve stays near 1; with Flatten it falls to about one half or below."
means = {name: values.mean(axis=0) for name, values in right.items()}
ax = plot_curves(
    shifts, means, title="Trained in the middle, then moved: mean of three runs",
    xlabel="shift (pixels)", ylabel="share of right answers",
)  # fmt: skip
ax.axhline(0.5, color="black", linestyle=":")  # guessing
worst = {name: values[:, 1:].min(axis=1) for name, values in right.items()}  # of each run
for name in students:
    print(f"{name}: lowest of 1 to 6 pixels, run by run: {worst[name].round(2)}")
expect("pooling: mean of the lowest", worst["pooling"].mean(), low=0.85)
expect("Flatten: mean of the lowest", worst["Flatten"].mean(), high=0.8)

# %% [markdown]
# The convolutions are built alike in both networks. Only where the place is forgotten, the answer survives the shift.
# `Flatten` can even get worse than guessing. A possible reason: when a smile moves by half its width, 4 or 5 pixels,
# its raised left corner stands where the highest point of a sad mouth was, and the weights of this place say *sad*.
#
# (Large networks for photographs often take the mean of each map, `GlobalAveragePooling2D`: also for this reason, and
# because the last `Dense` layer then needs fewer weights.)
#
# ## Few images: reuse a trained base
#
# Suppose you want to tell ships from trucks, and have only 100 photographs. A network trained on other things already
# has filters for edges, corners and areas. **Transfer learning** keeps these layers, the **base**, and trains only a
# new last layer.
#
# We train a network on the other eight classes.

# %%
is_new = np.isin(y_train, NEW)
kept = [k for k in range(10) if k not in NEW]
y_old = np.searchsorted(kept, y_train[~is_new])  # the eight classes, numbered from 0 to 7
eight = cnn((32, 32, 3), FILTERS, 8)
old_network = keras.Sequential([layers.Rescaling(1 / 127.5, offset=-1), eight])
compiled(old_network, RATES["CNN"], 20_000)
history = fit(old_network, x_train[~is_new][:20_000], y_old[:20_000], **PASSES)

# %% [markdown]
# Then we take its layers without the last one, and **freeze** them: with `trainable = False` no training changes their
# weights (lesson 09). **Your turn:** how many parameters are left to learn?
#
# <details><summary>Answer</summary>
#
# `Flatten` hands on 864 numbers, and there are two classes: (864 + 1) · 2 = 1,730.
#
# </details>

# %%
scale = layers.Rescaling(1 / 127.5, offset=-1)
base = keras.Sequential([keras.Input((32, 32, 3)), scale, *eight.layers[:-1]])
base.trainable = False
new_head = layers.Dense(2, activation="softmax")
reused = keras.Sequential([keras.Input((32, 32, 3)), base, new_head])
scratch = keras.Sequential([keras.Input((32, 32, 3)), scale, cnn((32, 32, 3), FILTERS, 2)])
for name, network in (("frozen base", reused), ("from scratch", scratch)):
    network.compile(keras.optimizers.Adam(FEW_RATE), "sparse_categorical_crossentropy")
    learns = sum(variable.numpy().size for variable in network.trainable_variables)
    print(f"{name}: {learns:,} parameters learn")
before = base.get_weights()

# %% [markdown]
# Five times we draw 100 images of ships and trucks, and train both networks on the same 100, for 20 epochs. The
# learning rate is the best of four, from 0.0005 to 0.004, for the network from scratch, by its accuracy on the ships
# and trucks among the images kept apart. (There, the frozen base would have been a little better with 0.002.)
# **Predict:** which of the two recognises more of the 2,000 test images?

# %% alt="Dots for the test accuracy of five runs each. Most runs with the frozen base lie to the right of those from scratch."
x_new, y_new = x_train[is_new], np.searchsorted(NEW, y_train[is_new])
test_new = np.isin(y_test, NEW)
x_last, y_last = x_test[test_new], np.searchsorted(NEW, y_test[test_new])
groups = {"frozen base": [], "from scratch": []}
for run in range(DRAWS):
    drawn = np.random.default_rng([seed, run]).choice(len(x_new), FEW, replace=False)
    for name, network in (("frozen base", reused), ("from scratch", scratch)):
        restart(network)
        fit(network, x_new[drawn], y_new[drawn], batch_size=20, epochs=20, verbose=0)
        groups[name].append(np.mean(outputs(network, x_last).argmax(axis=1) == y_last))
ax = plot_spread(groups, reference=("guessing", 0.5), title=f"Learnt from {FEW} images")
gains = np.array(groups["frozen base"]) - groups["from scratch"]
expect("frozen base − from scratch, mean of five", gains.mean(), low=0.02 if data.is_real else 0)
change = max(np.abs(a - b).max() for a, b in zip(before, base.get_weights(), strict=True))
expect("largest change of a frozen weight", change, 0, 0)

# %% [markdown]
# The base has never seen a ship or a truck, and helps all the same. Its weights are what they were. (In practice people
# take a base that somebody has trained on a million photographs; `keras.applications` has some.)
#
# Two more helpers for few images. A ship seen in a mirror is a ship: **data augmentation** changes the training images
# at random, each time anew (mirrored, moved, turned), and keeps the label, so that the network has to find what stays.
# Keras has layers for it, for example `RandomFlip("horizontal")` and `RandomTranslation(0.1, 0.1)`, which work in
# training only, like dropout ([lesson 11](11_overfitting.ipynb)). For digits, mirroring would be a mistake: think of a
# 2 and of a 5.
#
# ## Recap
#
# - A convolution slides a small window over the image; the same weights serve at every place. Output size: ⌊(n +
#   padding − size) / stride⌋ + 1; parameters: (size · size · channels + 1) · filters.
# - The receptive field grows from layer to layer. In the drawn faces: mostly short edges, then pieces of lines, then
#   most of a face.
# - With a tenth of the parameters our CNN beat our MLP on photographs. When the pixels were mixed up, this advantage
#   was gone: its windows and shared weights are made for images in which neighbours belong together.
# - Feature maps move with the picture (with strides, at shifts by their product). In our test the answer stayed only
#   where the place was forgotten afterwards, by global pooling.
# - A frozen base brings filters to a task that has few images of its own.
#
# ## Common mistakes
#
# - **Channels in the wrong place.** Some programs store the colours first, (3, 32, 32). With padding, a Keras layer
#   takes this for a picture that is 3 pixels high and has 32 colours, and says nothing. `np.moveaxis` moves an axis,
#   `reshape` scrambles the picture. `nnlib.diagnosis.diagnose` names both, and pixels from 0 to 255 as well.
# - **A filter per colour.** A filter sums over all channels and gives one map.
# - **Counting weights per place.** The number of parameters of a convolution does not depend on the size of the image;
#   that of a `Dense` layer after `Flatten` does.
# - **"A CNN does not mind shifts."** Its maps move along, but a `Dense` layer after `Flatten` has a weight per place.
# - **Setting `trainable = False` and not calling `compile` again.** A model that was trained before goes on training
#   the same layers until it is compiled again.
#
# ## Next
#
# Practise first: [seven exercises](exercises/12_convolution.ipynb), about 45 minutes. Each check says what is wrong.
#
# [Lesson 13](13_attention.ipynb) turns to text. There the neighbours are not enough: the word that decides may stand
# far away.
