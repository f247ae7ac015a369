# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""One pass over the data in compiled code: every batch through Keras's own step, without a return to Python."""

import contextlib
import functools
import math
import time
import weakref
from collections import Counter, OrderedDict
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from ._keras import output_shape

# XLA takes up to half a second longer to compile. Then each batch saves about 1.15 ns x (130,000 + weights - input
# values in the batch): the overhead of the operations, part of the update of the weights, but inputs that are wide and
# many (3,072 pixels x 128 images) it multiplies more slowly. Fitted to twelve models on two CPU cores; the bound
# leaves room for a machine that compiles half as fast.
XLA_PAYS_AFTER = 6e8  # batches x (130,000 + weights - input values in a batch)
# TensorFlow's operations that XLA computes as TensorFlow does where all numbers are finite, and fast. A loop with any
# other runs without XLA: it drops checks (Assert, CheckNumerics), draws other random numbers for the same seed
# (dropout), cannot call Python or print, and takes thirty times as long for a convolution on a CPU.
_SAME_WITH_XLA = """
    Placeholder Const Identity IdentityN NoOp While StatelessWhile If StatelessIf PartitionedCall
    StatefulPartitionedCall ReadVariableOp AssignVariableOp AssignAddVariableOp AssignSubVariableOp VariableShape
    StopGradient
    Cast Bitcast BitwiseAnd Fill ZerosLike OnesLike Range Shape ShapeN Size Rank Reshape ExpandDims Squeeze Pack Unpack
    Slice StridedSlice StridedSliceGrad Split SplitV ConcatV2 ConcatOffset Tile BroadcastTo BroadcastArgs
    BroadcastGradientArgs Transpose ReverseV2 Pad PadV2 OneHot MatrixBandPart
    MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 Einsum BiasAdd BiasAddGrad AvgPool AvgPoolGrad
    AddV2 AddN Sub Mul MulNoNan RealDiv DivNoNan Neg Abs Sign Square Sqrt Rsqrt RsqrtGrad SqrtGrad Pow Reciprocal
    ReciprocalGrad Exp Expm1 Log Log1p Sin Cos Erf Erfc Floor Ceil Round Rint SquaredDifference Maximum Minimum
    Sum Prod Mean Max Min All Any ArgMax ArgMin Cumsum L2Loss
    Less LessEqual Greater GreaterEqual Equal NotEqual LogicalAnd LogicalOr LogicalNot Select SelectV2 IsInf IsNan
    IsFinite Relu ReluGrad Relu6 Relu6Grad LeakyRelu LeakyReluGrad Elu EluGrad Selu SeluGrad Sigmoid SigmoidGrad Tanh
    TanhGrad Softplus SoftplusGrad Softsign SoftsignGrad Softmax LogSoftmax SoftmaxCrossEntropyWithLogits
    TensorListReserve TensorListFromTensor TensorListStack TensorListSetItem TensorListGetItem TensorListPushBack
    TensorListPopBack TensorListLength TensorListElementShape EmptyTensorList
"""
SAME_WITH_XLA = frozenset(_SAME_WITH_XLA.split())
# The same where the numbers are right. But TensorFlow refuses a class that the model does not have, a row that an
# Embedding does not have, a whole number divided by zero; XLA computes something all the same.
CHECKED_WITHOUT_XLA = frozenset(
    {
        "SparseSoftmaxCrossEntropyWithLogits",
        "GatherV2",
        "ResourceGather",
        "ResourceScatterAdd",
        "ResourceScatterSub",
        "UnsortedSegmentSum",
        "InTopKV2",
        "FloorDiv",
        "FloorMod",
    }
)
SECONDS_AT_ONCE = 1.0  # then Python has a turn: for Ctrl-C, and to see whether the training was told to stop
LOOPS_KEPT = 8  # of one model: training and validation, the last batch of each, and the same for other data
SIZES_WITH_XLA = 4  # XLA compiles anew, and keeps what it compiled, for each number of samples

# The loops of each model, so that a second `fit` need not trace again, and Keras's function that they go with.
_loops: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


class Pass:
    """Takes arrays through `train_step` or `test_step` of a model, batch by batch, once for each call.

    Parameters
    ----------
    model : keras.Model
        A compiled model. Nothing is traced before the first call.
    step_name : {"train_step", "test_step"}
        What is done with each batch.
    data : list of array, shape (n_samples, ...)
        Inputs, targets and, if there are any, weights of the samples.
    batch_size : int
        Samples in a batch; the last one holds what is left over.
    n_passes : int
        How many calls are planned: XLA pays for many.
    """

    def __init__(
        self, model: keras.Model, step_name: str, data: list[np.ndarray], batch_size: int, n_passes: int
    ) -> None:
        import tensorflow as tf

        self.model, self.step_name, self.batch_size = model, step_name, batch_size
        self.n_samples = len(data[0])
        self.n_batches = -(-self.n_samples // batch_size)
        self.n_inputs = data[0][:batch_size].size
        self.n_passes, self.n_done = n_passes, 0
        self.batches_at_once = 16
        self.labels_fit = _labels_fit(model, data[1])
        # To XLA the largest of two numbers is NaN where one of them is; TensorFlow's ReLU makes 0 of a NaN.
        may_be_nan = [part for part in data if part.dtype.kind not in "iub"]
        self.finite = all(np.isfinite([part.min(), part.max()]).all() for part in may_be_nan)
        self.specs = tuple(tf.TensorSpec([None, *part.shape[1:]], part.dtype) for part in data)
        self.data = [tf.convert_to_tensor(part) for part in data]

    def __call__(self, order: Any) -> dict[str, Any]:
        """Take the samples in this order and return the metrics: floats, or arrays where a metric is a vector."""
        if self.n_done < 2:
            self.xla = self._xla_pays()
        self.xla = self.xla and self.finite
        logs: dict[str, Any] = {}
        start, n_in_full_batches = 0, self.n_samples - self.n_samples % self.batch_size
        while start < n_in_full_batches and not (start and self._told_to_stop()):
            began = time.perf_counter()
            n_batches = 1 if self._told_to_stop() else self.batches_at_once
            stop = min(start + n_batches * self.batch_size, n_in_full_batches)
            logs = self._run(self._loop(self.batch_size, many=True), order, start, stop)
            batches_a_second = (stop - start) / self.batch_size / (time.perf_counter() - began)
            self.batches_at_once = max(1, int(batches_a_second * SECONDS_AT_ONCE))
            start = stop
        if n_in_full_batches < self.n_samples and not (start and self._told_to_stop()):
            # Like Keras: the only size of a batch is traced as it is, a second one as any size.
            loop = self._loop(None if start else self.n_samples, many=False)
            logs = self._run(loop, order[start:] if start else order, 0, 0)
        self.n_done += 1
        self.finite = self.finite and all(np.isfinite(value).all() for value in logs.values())
        return logs

    def _told_to_stop(self) -> bool:
        return self.step_name == "train_step" and self.model.stop_training

    def _xla_pays(self) -> bool:
        n_weights = sum(math.prod(weight.shape) for weight in self.model.weights)
        n_batches = (self.n_passes - self.n_done) * self.n_batches
        return n_batches * (130_000 + n_weights - self.n_inputs) >= XLA_PAYS_AFTER

    def _loop(self, size: int | None, *, many: bool) -> "Loop":
        """Return the traced loop for batches like these, and trace it if there is none yet."""
        function = self.model.train_function  # `compile` sets it to None: what was traced before is void then
        if function is None:
            raise RuntimeError("The model was compiled anew while it was trained: call compile() before fit().")
        known, loops = _loops.get(self.model, (None, OrderedDict()))
        if known is None or known() is not function:
            loops.clear()
            _loops[self.model] = weakref.ref(function), loops
        key = self.step_name, size, many, self.specs
        if key not in loops:
            if not loops:
                _make_variables(self.model, self.specs, min(self.batch_size, self.n_samples))
            loops[key] = Loop(self.model, self.step_name, self.specs, size, many=many)
        loops.move_to_end(key)
        while len(loops) > LOOPS_KEPT:
            loops.popitem(last=False)
        return loops[key]

    def _run(self, loop: "Loop", order: Any, start: int, stop: int) -> dict[str, Any]:
        checked = self.n_done > 0 or (self.labels_fit and loop.checks == {"SparseSoftmaxCrossEntropyWithLogits": 1})
        run = loop.with_xla if self.xla and (checked or not loop.checks) else loop.run
        return _as_numbers(run(self.data, order, start, stop))


class Loop:
    """A step of a model, for one batch after another, as one TensorFlow function.

    It is traced like Keras's own `train_function`; where XLA pays, XLA compiles what was traced.

    Parameters
    ----------
    model, step_name
        As in `Pass`.
    specs : tuple of tf.TensorSpec
        Shape and type of the data.
    size : int or None
        Samples in a batch; None for any number.
    many : bool
        Whether there are many batches; if not, all that are in the order are one.
    """

    def __init__(self, model: keras.Model, step_name: str, specs: tuple, size: int | None, *, many: bool) -> None:
        import tensorflow as tf

        # Where `compile` asked for XLA, as it does by itself on a GPU, every batch goes there, as in Keras.
        self.must_use_xla = bool(model.jit_compile)
        model = weakref.proxy(model)  # what is kept for a model must not keep the model alive

        def step(data: list, samples: Any) -> None:
            getattr(model, step_name)(tuple(tf.gather(part, samples) for part in data))

        def loop(data: list, order: Any, start: Any, stop: Any) -> dict:
            def one_batch(i: Any) -> tuple:
                step(data, tf.slice(order, [i], [size]))
                return (i + size,)

            if many:
                tf.while_loop(lambda i: i < stop, one_batch, (start,))
            else:
                step(data, order)
            return model.get_metrics_result()

        places = (tf.TensorSpec(shape, "int32") for shape in ([None if many else size], [], []))
        self.traced = tf.function(loop, autograph=False).get_concrete_function(list(specs), *places)
        self.compiled = tf.function(lambda *inputs: self.traced(*inputs), autograph=False, jit_compile=True)
        self.sizes_compiled: set[int] = set()
        self.place = functools.lru_cache(maxsize=256)(tf.constant)  # the same few numbers in every epoch
        operations = Counter(_operations(self.traced))
        self.may_use_xla = set(operations) <= SAME_WITH_XLA | CHECKED_WITHOUT_XLA
        if tf.config.list_physical_devices("GPU"):
            self.may_use_xla = False  # there Keras has asked for XLA already where the device and the model have it
        operations["GatherV2"] -= len(specs)  # those of `step`, which take the samples of a batch
        self.checks = {name: n for name, n in operations.items() if n and name in CHECKED_WITHOUT_XLA}

    def run(self, data: list, order: Any, start: int, stop: int) -> dict:
        """Run for the samples from `start` to before `stop`."""
        function = self.compiled if self.must_use_xla else self.traced
        return function(data, order, self.place(start), self.place(stop))

    def with_xla(self, data: list, order: Any, start: int, stop: int) -> dict:
        """Do the same with XLA, where it may be used and can be."""
        import tensorflow as tf

        n_samples = len(data[0])
        if self.may_use_xla and (n_samples in self.sizes_compiled or len(self.sizes_compiled) < SIZES_WITH_XLA):
            self.sizes_compiled.add(n_samples)
            try:
                return self.compiled(data, order, self.place(start), self.place(stop))
            except tf.errors.OpError:  # XLA cannot compile the loop. It says so before it computes anything.
                self.may_use_xla = False
        return self.run(data, order, start, stop)


def _make_variables(model: keras.Model, specs: tuple, size: int) -> None:
    """Let the optimizer and the metrics make their variables, as `model.fit` does, before a step is traced.

    TensorFlow traces a function that makes variables twice, and to trace a small model takes longer than an epoch.
    Where a metric fails here, it fails in the step as well, where Keras says why.
    """
    import tensorflow as tf

    shape = output_shape(model)
    if shape is None:
        return  # a model of one's own: its outputs are known once it has run
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)

    def metrics(outputs: Any, x: Any, y: Any, weights: Any = None) -> None:
        model.compute_metrics(x, y, outputs, weights)

    batch = [tf.TensorSpec([size, *spec.shape[1:]], spec.dtype) for spec in specs]
    outputs = tf.TensorSpec([size, *shape[1:]], model.compute_dtype)
    with contextlib.suppress(Exception), keras.StatelessScope():  # variables are made when the scope ends, outside
        tf.function(metrics, autograph=False).get_concrete_function(outputs, *batch)


def _as_numbers(logs: dict) -> dict[str, Any]:
    """Floats and arrays instead of tensors; of a metric that gives several results by name each is an entry."""
    found: dict[str, Any] = {}
    for name, value in logs.items():
        if isinstance(value, dict):
            found |= _as_numbers(value)
        else:
            found[name] = value.numpy().item() if value.ndim == 0 else value.numpy()
    return found


def _operations(function: Any) -> Iterator[str]:
    """Names of the operations in a TensorFlow function and in all that it calls."""
    graph = function.graph.as_graph_def()
    for nodes in (graph.node, *(called.node_def for called in graph.library.function)):
        yield from (node.op for node in nodes)


def _labels_fit(model: keras.Model, y: np.ndarray) -> bool:
    """Whether the loss is Keras's own for whole-number labels, and each label is a class that the model has."""
    name, kind = "sparse_categorical_crossentropy", keras.losses.SparseCategoricalCrossentropy
    shape = output_shape(model)
    return (
        (model.loss in (name, getattr(keras.losses, name)) or type(model.loss) is kind)
        and type(model).compute_loss is keras.Model.compute_loss
        and "compute_loss" not in vars(model)
        and shape is not None
        and bool(y.min() >= 0 and y.max() < shape[-1])
    )
