"""The works that `run.py` times. `python benchmarks/works.py NAME` does one of them in a fresh process.

Each prints one line of JSON: `seconds` and `cpu` (user + system time) of the work alone, without imports and
loading; `peak_gb` of its largest process; `first` (the first epoch, compilation included) and `megabytes` where they
matter; and where something is trained the final loss, so that a run that learns nothing is seen.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import itertools

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LINE = {"epochs": 500, "batch_size": 32, "learning_rate": 0.01}
PHONES = {"epochs": 50, "batch_size": 8, "learning_rate": 1e-3}
IMAGES = {"epochs": 3, "batch_size": 32, "learning_rate": 5e-4}
TEXT = {"epochs": 3, "batch_size": 16, "learning_rate": 3e-3, "context": 64, "width": 64, "heads": 4, "blocks": 2}
CNN = {"epochs": 2, "batch_size": 64, "learning_rate": 4e-3}
BY_EPOCH = (IMAGES, CNN, TEXT)  # judged by an epoch after the first; the others by the whole training


def line_data():
    """Return the six points of lesson 01."""
    x = np.arange(-1, 5, dtype="float32").reshape(-1, 1)
    return x, 2 * x - 1


def phone_data():
    """Return 1,600 rows of 20 standardised columns; which ones does not matter to the clock."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(1600, 20)).astype("float32")
    return x, np.digitize(x[:, 0] + x[:, 1], [-1, 0, 1])


def image_data():
    """Return CIFAR-10 as uint8: the real images from NNLIB_DATA or data/, else noise of the same shape."""
    for folder in (os.environ.get("NNLIB_DATA"), ROOT / "data"):
        file = folder and Path(folder) / "cifar10.npz"
        if file and file.is_file():
            with np.load(file) as arrays:
                return arrays["x_train"], arrays["y_train"].ravel().astype("int64")
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (50_000, 32, 32, 3), dtype="uint8"), generator.integers(0, 10, 50_000)


def text_data():
    """Return 2,048 windows of the tales of lesson 13, the same moved by one place, and the number of characters."""
    from nnlib.data import load_tales

    text = load_tales()[0]
    characters = sorted(set(text))
    codes = np.array([characters.index(character) for character in text])
    starts = np.random.default_rng(0).integers(0, len(codes) - TEXT["context"], 2_048)
    windows = codes[starts[:, None] + np.arange(TEXT["context"] + 1)]
    return windows[:, :-1], windows[:, 1:], len(characters)


class Stopwatch:
    """Wall clock and CPU time since the start."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        return {"seconds": time.perf_counter() - self.wall, "cpu": time.process_time() - self.cpu}


# Keras: plain `model.fit`, `model.fit` tuned by hand, and `nnlib.training.fit` on the same models


def keras_line(fit):
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(LINE["learning_rate"]), "mse", **compile_options(fit, 6, LINE))
    return run_keras(fit, model, *line_data(), LINE)


def keras_phones(fit):
    import keras

    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((20,)), dense(128, "relu"), dense(256, "relu"), dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    options = compile_options(fit, 1600, PHONES)
    model.compile(keras.optimizers.SGD(PHONES["learning_rate"]), loss, metrics=["accuracy"], **options)
    return run_keras(fit, model, *phone_data(), PHONES)


def keras_images(fit):
    """Train as the tutorials do with plain Keras (floats, one-hot labels), and from uint8 with ours."""
    import keras

    x, y = image_data()
    dense = keras.layers.Dense
    top = [keras.layers.Flatten(), dense(200, "relu"), dense(150, "relu"), dense(10, "softmax")]
    if fit == "plain":
        x, y = x.astype("float32") / 255, keras.utils.to_categorical(y, 10)
        model, loss = keras.Sequential([keras.Input((32, 32, 3)), *top]), "categorical_crossentropy"
    else:
        scale = keras.layers.Rescaling(1 / 255)
        model, loss = keras.Sequential([keras.Input((32, 32, 3)), scale, *top]), "sparse_categorical_crossentropy"
    options = compile_options(fit, len(x), IMAGES)
    model.compile(keras.optimizers.Adam(IMAGES["learning_rate"]), loss, metrics=["accuracy"], **options)
    return run_keras(fit, model, x, y, IMAGES)


def keras_text(fit):
    """Train the language model of lesson 13; with XLA, as there, but for the plain way."""
    import keras

    from nnlib.models import PositionEmbedding, transformer_block

    x, y, n_characters = text_data()
    numbers = keras.Input((TEXT["context"],), dtype="int32")
    tokens = PositionEmbedding(TEXT["context"])(keras.layers.Embedding(n_characters, TEXT["width"])(numbers))
    for _ in range(TEXT["blocks"]):
        tokens = transformer_block(tokens, TEXT["heads"], causal=True)
    model = keras.Model(numbers, keras.layers.Dense(n_characters)(keras.layers.LayerNormalization()(tokens)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    options = compile_options(fit, len(x), TEXT) | ({} if fit == "plain" else {"jit_compile": True})
    model.compile(keras.optimizers.Adam(TEXT["learning_rate"]), loss, **options)
    return run_keras(fit, model, x, y, TEXT)


def keras_cnn(fit):
    """Train lesson 12's network from uint8."""
    import keras

    from nnlib.models import cnn

    x, y = image_data()
    model = keras.Sequential([keras.layers.Rescaling(1 / 127.5, offset=-1), cnn((32, 32, 3))])
    optimizer = keras.optimizers.Adam(CNN["learning_rate"])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return run_keras(fit, model, x, y, CNN)


def compile_options(fit, n_samples, settings):
    """Return what makes plain `compile` and `fit` fastest: a whole epoch in one call, where an epoch has batches."""
    n_batches = -(-n_samples // settings["batch_size"])
    return {"steps_per_execution": n_batches} if fit == "tuned" else {}


def data_set(x, y, settings):
    """Return the arrays as a data set: shuffled anew for each epoch, batches prepared while others are computed."""
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x))
    return rows.batch(settings["batch_size"]).prefetch(tf.data.AUTOTUNE)


def run_keras(fit, model, x, y, settings):
    import keras

    from nnlib.training import fit as fast_fit

    laps = []
    lap = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: laps.append(watch.read()))
    options = {"epochs": settings["epochs"], "batch_size": settings["batch_size"], "verbose": 0, "callbacks": [lap]}
    watch = Stopwatch()
    if fit == "tuned":
        history = model.fit(data_set(x, y, settings), **(options | {"batch_size": None, "shuffle": False}))
    else:
        history = model.fit(x, y, **options) if fit == "plain" else fast_fit(model, x, y, **options)
    return report(watch.read(), laps, history.history["loss"][-1], settings)


def report(total, laps, loss, settings):
    """Return the whole time, or for images and text the median epoch after the first and the first by itself."""
    result = {"loss": float(loss)}
    if settings not in BY_EPOCH:
        return result | total
    later = [{key: b[key] - a[key] for key in a} for a, b in itertools.pairwise(laps)]
    median = {key: float(np.median([lap[key] for lap in later])) for key in total}
    return result | median | {"first": laps[0]["seconds"], "first_cpu": laps[0]["cpu"]}


# The bound: no Keras, all batches of an epoch in one function compiled by XLA, written down for this model


def compiled(work):
    import tensorflow as tf

    (x, y), sizes, settings = {
        "line": lambda: (line_data(), (1, 1), LINE),
        "phones": lambda: (phone_data(), (20, 128, 256, 4), PHONES),
        "images": lambda: (image_data(), (3072, 200, 150, 10), IMAGES),
    }[work]()
    n_samples, batch_size, learning_rate = len(x), settings["batch_size"], settings["learning_rate"]
    tf.random.set_seed(0)
    weights = []
    for n_in, n_out in itertools.pairwise(sizes):
        limit = (6 / (n_in + n_out)) ** 0.5
        weights += [tf.Variable(tf.random.uniform((n_in, n_out), -limit, limit)), tf.Variable(tf.zeros(n_out))]
    adam = work == "images"
    first_moments, second_moments = ([tf.Variable(tf.zeros_like(w)) for w in weights] for _ in range(2))
    updates = tf.Variable(0.0)

    def loss_of(batch, target):
        out = tf.reshape(tf.cast(batch, "float32") / (255 if adam else 1), (batch.shape[0], -1))
        for i in range(0, len(weights), 2):
            out = tf.matmul(out, weights[i]) + weights[i + 1]
            out = tf.nn.relu(out) if i < len(weights) - 2 else out
        if work == "line":
            return tf.reduce_mean((out - target) ** 2)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(target, out))

    def update(samples):
        with tf.GradientTape() as tape:
            loss = loss_of(tf.gather(x, samples), tf.gather(y, samples))
        updates.assign_add(1.0)
        rate = learning_rate * tf.sqrt(1 - 0.999**updates) / (1 - 0.9**updates)
        gradients = tape.gradient(loss, weights)
        for w, m, v, g in zip(weights, first_moments, second_moments, gradients, strict=True):
            if adam:
                m.assign_add((g - m) * 0.1)
                v.assign_add((g * g - v) * 0.001)
                w.assign_sub(rate * m / (tf.sqrt(v) + 1e-7))
            else:
                w.assign_sub(learning_rate * g)
        return loss * samples.shape[0]

    @tf.function(jit_compile=True, autograph=False)
    def epoch(order):
        n_full, n_left = divmod(n_samples, batch_size)
        total = tf.constant(0.0)
        if n_full:
            batches = tf.reshape(order[: n_full * batch_size], (n_full, batch_size))
            total = tf.while_loop(lambda i, _: i < n_full, lambda i, s: (i + 1, s + update(batches[i])), (0, total))[1]
        return (total + update(order[-n_left:]) if n_left else total) / n_samples

    generator = np.random.default_rng(0)
    watch, laps = Stopwatch(), []
    x, y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    for _ in range(settings["epochs"]):
        loss = float(epoch(tf.convert_to_tensor(generator.permutation(n_samples).astype("int32"))))
        laps.append(watch.read())
    return report(watch.read(), laps, loss, settings)


# PyTorch, as its tutorials write it


def torch(work):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(0)
    if work == "line":
        (x, y), settings, loss_of = line_data(), LINE, nn.MSELoss()
        model = nn.Linear(1, 1)
    elif work == "phones":
        (x, y), settings, loss_of = phone_data(), PHONES, nn.CrossEntropyLoss()
        model = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 256), nn.ReLU(), nn.Linear(256, 4))
    else:
        (x, y), settings, loss_of = image_data(), IMAGES if work == "images" else CNN, nn.CrossEntropyLoss()
        x = np.ascontiguousarray(x.transpose(0, 3, 1, 2), dtype="float32") / 255
        if work == "images":
            layers = [nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU(), nn.Linear(150, 10)]
            model = nn.Sequential(nn.Flatten(), *layers)
        else:
            x, widths = 2 * x - 1, itertools.pairwise((3, 24, 48, 96))
            layers = [part for a, b in widths for part in (nn.Conv2d(a, b, 3, stride=2), nn.ReLU())]
            model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(3 * 3 * 96, 10))
    optimizer_class = torch.optim.Adam if settings in BY_EPOCH else torch.optim.SGD
    optimizer = optimizer_class(model.parameters(), lr=settings["learning_rate"])
    data = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    loader = DataLoader(data, batch_size=settings["batch_size"], shuffle=True)
    watch, laps = Stopwatch(), []
    for _ in range(settings["epochs"]):
        total = 0.0
        for batch, target in loader:
            loss = loss_of(model(batch), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        laps.append(watch.read())
    return report(watch.read(), laps, total / len(x), settings)


def torch_text():
    """Train the language model with PyTorch's own Transformer layer, as its tutorials write it."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    class LanguageModel(nn.Module):
        def __init__(self, n_characters, context, width, heads, blocks):
            super().__init__()
            self.embedding, self.positions = nn.Embedding(n_characters, width), nn.Embedding(context, width)
            options = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
            layer = nn.TransformerEncoderLayer(width, heads, 4 * width, **options)
            self.encoder = nn.TransformerEncoder(layer, blocks, nn.LayerNorm(width), enable_nested_tensor=False)
            self.out = nn.Linear(width, n_characters)
            self.mask = nn.Transformer.generate_square_subsequent_mask(context)

        def forward(self, numbers):
            tokens = self.embedding(numbers) + self.positions.weight
            return self.out(self.encoder(tokens, mask=self.mask, is_causal=True))

    torch.manual_seed(0)
    x, y, n_characters = text_data()
    model = LanguageModel(n_characters, TEXT["context"], TEXT["width"], TEXT["heads"], TEXT["blocks"])
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=TEXT["learning_rate"]), nn.CrossEntropyLoss()
    data = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    loader = DataLoader(data, batch_size=TEXT["batch_size"], shuffle=True)
    watch, laps = Stopwatch(), []
    for _ in range(TEXT["epochs"]):
        total = 0.0
        for batch, target in loader:
            loss = loss_of(model(batch).flatten(0, 1), target.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        laps.append(watch.read())
    return report(watch.read(), laps, total / len(x), TEXT)


# A decision boundary in 60 frames


def animation(way):
    """Draw 60 frames: the plain way of matplotlib (`pcolormesh`, PNG frames), or nnlib's."""
    import keras
    import matplotlib as mpl

    mpl.use("agg")
    from nnlib.training import Snapshots, fit, set_seed

    set_seed(0)
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, (300, 2)).astype("float32")
    y = (x[:, 0] * x[:, 1] > 0).astype("float32")
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((2,)), dense(3, "tanh"), dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    snapshots = Snapshots()
    loss = fit(model, x, y, epochs=59, verbose=0, callbacks=[snapshots]).history["loss"][-1]
    draw = plain_animation if way == "plain" else nnlib_animation
    watch = Stopwatch()
    output = draw(model, snapshots, x, y)
    return {"loss": loss, "megabytes": len(output.encode()) / 1e6} | watch.read()


def plain_animation(model, snapshots, x, y):
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation

    lines = np.linspace(-1.2, 1.2, 100)
    grid = np.stack(np.meshgrid(lines, lines), axis=-1).reshape(-1, 2).astype("float32")
    figure, ax = plt.subplots(figsize=(4, 4))

    def draw(frame):
        model.set_weights(snapshots.weights[frame])
        ax.clear()
        ax.pcolormesh(lines, lines, model.predict_on_batch(grid).reshape(100, 100), vmin=0, vmax=1, cmap="RdBu")
        ax.scatter(*x.T, c=y, cmap="RdBu", edgecolors="black")
        ax.set_title(f"epoch {snapshots.epochs[frame]}")

    return FuncAnimation(figure, draw, frames=len(snapshots.epochs)).to_jshtml()


def nnlib_animation(model, snapshots, x, y):
    from nnlib.plotting import animate_decision_boundary

    # What a notebook stores of it: every form of the output.
    return "".join(animate_decision_boundary(model, snapshots, x, y)._repr_mimebundle_()[0].values())


# The whole course, as `make test` runs it


def course():
    """Execute every notebook; also half of what imports and training cost, which two cores cannot go below."""
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder, "profile_default", "startup")
        startup.mkdir(parents=True)
        shutil.copy(ROOT / "benchmarks" / "kernel_costs.py", startup)
        environment = os.environ | {"IPYTHONDIR": folder, "NNLIB_KERNEL_COSTS": folder}
        start = time.perf_counter()
        subprocess.run(["make", "executed"], cwd=ROOT, env=environment, stdout=sys.stderr, check=True)
        seconds = time.perf_counter() - start
        costs = [json.loads(file.read_text()) for file in Path(folder).glob("*.json")]
    assert len(costs) == len(list((ROOT / "executed").rglob("*.ipynb"))), "a notebook left no costs"
    imports, training = (sum(cost[name] for cost in costs) for name in ("imports", "training"))
    half = (imports + training) / 2
    peak = peak_gb(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "imports": imports, "training": training, "half": half, "peak_gb": peak}


def import_nnlib():
    """Import nnlib in a process of its own, and see that TensorFlow stays out."""
    code = (
        "import sys, time; start = time.perf_counter(); import nnlib; seconds = time.perf_counter() - start;"
        "assert 'tensorflow' not in sys.modules; print(seconds)"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return {"seconds": float(out.stdout), "peak_gb": peak_gb(resource.RUSAGE_CHILDREN)}


def peak_gb(who) -> float:
    """Return the most memory that this process, or the largest of its children, has used."""
    kilobytes = resource.getrusage(who).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return kilobytes * 1024 / 1e9


KERAS = {"line": keras_line, "phones": keras_phones, "images": keras_images}
WORKS = {
    **{
        f"{name} {way}": lambda work=work, way=way: work(way)
        for name, work in KERAS.items()
        for way in ("plain", "tuned", "nnlib")
    },
    **{f"{name} compiled": lambda name=name: compiled(name) for name in KERAS},
    **{f"{name} torch": lambda name=name: torch(name) for name in (*KERAS, "cnn")},
    **{f"cnn {way}": lambda way=way: keras_cnn(way) for way in ("plain", "nnlib")},
    **{f"text {way}": lambda way=way: keras_text(way) for way in ("plain", "tuned", "nnlib")},
    "text torch": torch_text,
    "animation plain": lambda: animation("plain"),
    "animation nnlib": lambda: animation("nnlib"),
    "import nnlib": import_nnlib,
    "course nnlib": course,
}


if __name__ == "__main__":
    result = WORKS[sys.argv[1]]()
    print(json.dumps({"peak_gb": peak_gb(resource.RUSAGE_SELF)} | result))
