"""Runs StableHLO text of Export.stableHlo on XLA: once, or as steps of training, on one device, several, or several hosts.

python pullback_xla.py step.mlir start.npz --data data.npz --steps 100 --devices 8 --save trained.npz

Inputs and outputs have paths, such as args[0].params.w and result[0].params.w. A value stands in a file (.npz or .safetensors) by its path,
or by what follows args[0] or args[1] in it. What comes out at result[0] goes in again at args[0]: the state. All other inputs are batches:
rows of the data in order, as many as the program was traced for, again from the front when they are used up. Nothing about devices stands in
the text: the first axis of batches is divided among the devices, the state is on each of them, and XLA adds up what must be added up.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import jax
import jax.export
import numpy as np
from jax.interpreters import mlir
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import stablehlo

TYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i1": np.bool_}


def load(file):
    if file.endswith(".safetensors"):
        from safetensors.numpy import load_file

        return load_file(file)
    with np.load(file) as arrays:
        return dict(arrays)


def save(file, arrays):
    if file.endswith(".safetensors"):
        from safetensors.numpy import save_file

        save_file({name: np.asarray(value, order="C") for name, value in arrays.items()}, file)
    else:
        np.savez(file, **arrays)


def signature(text):
    """The shapes and types of the inputs and of the outputs of a text, by their paths, in order."""

    def named(types, attributes):
        ranked = [ir.RankedTensorType(each) for each in types]
        specs = [jax.ShapeDtypeStruct(each.shape, TYPES[str(each.element_type)]) for each in ranked]
        return dict(zip([ir.StringAttr(each["pullback.path"]).value for each in attributes], specs))

    with mlir.make_ir_context():
        main = next(each for each in ir.Module.parse(text).body.operations if each.name.value == "main")
        return named(main.type.inputs, main.arg_attrs), named(main.type.results, main.result_attrs)


def function(text, inputs, outputs):
    """A text as a function of arrays, which may go under jax.jit."""
    same = jax.jit(lambda *_: tuple(jax.numpy.zeros(each.shape, each.dtype) for each in outputs), keep_unused=True)
    artifact = stablehlo.serialize_portable_artifact_str(text, stablehlo.get_current_version())
    return replace(jax.export.export(same)(*inputs), mlir_module_serialized=artifact, fun_name="pullback").call


def tail(path):
    """What follows args[0] or result[1] in a path; a path that ends there is its own name."""
    rest = path[path.index("]") + 1 :] if path.startswith(("args[", "result[")) else path.removeprefix("result")
    return rest.removeprefix(".") or path


def run(text, arrays, devices, steps, tell):
    """Makes so many steps, and gives the last state, or the results of a program without one. `tell` is given what each step tells."""
    inputs, outputs = signature(text)
    if any(spec.dtype == np.float64 for spec in [*inputs.values(), *outputs.values()]):
        jax.config.update("jax_enable_x64", True)
    state = {path: "result" + path[4:] for path in inputs if path.startswith("args[0]") and "result" + path[4:] in outputs}
    batches = [path for path in inputs if path not in state]
    size = next((inputs[path].shape[0] for path in batches if inputs[path].shape), 1)
    given = {path: next((arrays[name] for name in (path, tail(path)) if name in arrays), None) for path in inputs}
    problems = []
    for path, spec in inputs.items():
        found, rest = given[path], 1 if path in batches and state and spec.shape else 0
        if found is None:
            problems.append(f"{path} is in no file; expected {spec.dtype} of shape {spec.shape}")
        elif found.dtype != spec.dtype or found.ndim != len(spec.shape) or found.shape[rest:] != spec.shape[rest:]:
            problems.append(f"{path} is {found.dtype} of shape {found.shape}; expected {spec.dtype} of shape {spec.shape}")
        elif rest and len(found) < size:
            problems.append(f"{path} has {len(found)} rows; expected those of a batch, {size}, or more")
    if state and size % len(devices) != 0:
        problems.append(f"the batch has {size} rows; expected a multiple of {len(devices)} devices")
    if problems:
        raise SystemExit("\n".join(f"pullback_xla: {each}" for each in problems))

    mesh = Mesh(np.array(devices), ("batch",))
    whole, rows = NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec("batch"))
    places = {path: rows if state and path in batches and spec.shape else whole for path, spec in inputs.items()}
    call = function(text, inputs.values(), outputs.values())
    step = jax.jit(lambda *args: call(*args), in_shardings=tuple(places.values()), out_shardings=whole)

    def put(path, array):
        return jax.make_array_from_callback(array.shape, places[path], lambda index: array[index])

    def batch(path, count):
        if places[path] is whole:
            return put(path, given[path])
        return put(path, given[path][(start := count % (len(given[path]) // size) * size) : start + size])

    values, results = {path: put(path, given[path]) for path in state}, {}
    for count in range(steps):
        feeds = {**values, **{path: batch(path, count) for path in batches}}
        results = dict(zip(outputs, step(*[feeds[path] for path in inputs])))
        values = {path: results[output] for path, output in state.items()}
        tell(count, {path: np.asarray(results[path].addressable_data(0)) for path in outputs if path not in state.values()})
    return {tail(path): np.asarray(each.addressable_data(0)) for path, each in (values or results).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", help="what Export.stableHlo wrote")
    parser.add_argument("arrays", nargs="*", help="files with all that goes in, .npz or .safetensors")
    parser.add_argument("--data", action="append", default=[], help="more files, with the rows of batches")
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--devices", type=int, help="how many of the devices of all hosts; all by default")
    parser.add_argument("--save", help="where the last state goes, or the results of a program without one")
    parser.add_argument("--artifact", help="where the portable artifact goes; without arrays that is all")
    parser.add_argument("--version", default="1.0.0", help="of StableHLO, for the artifact")
    parser.add_argument("--coordinator", help="address:port of host 0, where there are several hosts")
    parser.add_argument("--hosts", type=int, help="how many they are")
    parser.add_argument("--host", type=int, help="which one this is, from 0")
    given = parser.parse_args()
    text = Path(given.text).read_text()
    if given.artifact:
        Path(given.artifact).write_bytes(stablehlo.serialize_portable_artifact_str(text, given.version))
    if given.arrays or given.data or not given.artifact:
        if given.coordinator:
            jax.distributed.initialize(given.coordinator, given.hosts, given.host)
        is_first = jax.process_index() == 0

        def tell(count, told):
            numbers = " ".join(f"{tail(path)} {value.item():.9g}" for path, value in told.items() if value.size == 1)
            if is_first and numbers:
                print(f"step {count}: {numbers}", flush=True)

        arrays = {name: value for file in [*given.arrays, *given.data] for name, value in load(file).items()}
        last = run(text, arrays, jax.devices()[: given.devices], given.steps, tell)
        if given.save and is_first:
            save(given.save, last)


if __name__ == "__main__":
    main()
