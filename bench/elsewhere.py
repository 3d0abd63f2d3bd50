"""The steps of bench/elsewhere.ts in PyTorch, or through XLA from their text, on one thread: seconds of a call, as JSON."""

import json
import os
import sys

XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def in_torch(fused):
    import torch
    from timing import step, timed
    from torch import nn

    pool = nn.MaxPool2d(2)
    perceptron = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    convolutional = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), pool,
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), pool,
        nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(1568, 10),
    )  # fmt: skip
    entropy = nn.CrossEntropyLoss()
    return {
        **timed("perceptron", step(perceptron, entropy, torch.rand(128, 784), torch.randint(10, (128,)), fused)),
        **timed("CNN", step(convolutional, entropy, torch.rand(64, 1, 28, 28), torch.randint(10, (64,)), fused)),
    }


def in_xla(files):
    """Each text on arrays of its types; the state goes round, as it does in training."""
    import dataclasses
    import time

    os.environ |= {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": XLA}
    sys.path.append("python")
    import jax
    import jax.export
    import numpy as np
    from pullback_xla import load
    from jaxlib.mlir.dialects import stablehlo

    found = {}
    for name, file in files:
        artifact, inputs, outputs = load(file, stablehlo.get_current_version())
        zeros = jax.jit(lambda *_: [jax.numpy.zeros(x.shape, x.dtype) for x in outputs.values()], keep_unused=True)
        call = dataclasses.replace(jax.export.export(zeros)(*inputs.values()), mlir_module_serialized=artifact).call
        draw = np.random.default_rng(0)
        values = {path: jax.device_put(draw.random(x.shape).astype(x.dtype)) for path, x in inputs.items()}
        step = jax.jit(call)

        def timed(values):
            start = time.perf_counter()
            results = dict(zip(outputs, jax.block_until_ready(step(*values.values()))))
            seconds = time.perf_counter() - start
            return seconds, {path: results.get(f"result{path[4:]}", x) for path, x in values.items()}

        # The first two compile: for what JAX put on the device, and for what a step left there.
        for _ in range(2):
            values = timed(values)[1]
        samples = []
        end = time.perf_counter() + 4
        while time.perf_counter() < end:
            seconds, values = timed(values)
            samples.append(seconds)
        samples = sorted(samples[len(samples) // 4 :])
        found |= {name: samples[0], f"median {name}": samples[len(samples) // 2]}
    return found


if __name__ == "__main__":
    kind, *files = sys.argv[1:]
    print(json.dumps(in_xla(each.split("=") for each in files) if kind == "xla" else in_torch(fused=kind != "PyTorch" or None)))
