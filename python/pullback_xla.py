"""Runs a program that pullback/Export wrote as StableHLO: by XLA through JAX, on one device, many devices, many hosts.

    python pullback_xla.py step.mlir --params start.npz --data data.npz --steps 100 --devices 8 --save trained.npz

PROGRAM is a text of Export.stableHlo, or a portable artifact. Its argument `args[0].params.w` is `params.w` in files
(.npz, .safetensors), or goes by its whole path where several would have this name. --params are alike on all devices.
A result feeds the argument at its own place, `result[0].params.w` feeds `args[0].params.w`: a function from a state and
a batch to [state, { loss }] is a step. Numbers that feed nothing are printed after each step, or every --every steps.
--save writes the last results: the state by its names, the rest by path. --data are rows: each step takes a batch, in
order and over again; a last part of one is left out. --devices N shares it among N devices, which are virtual on a CPU.
On several hosts, start this on each with --hosts HOST:PORT COUNT INDEX: the first host, how many, and which this is; or
with --hosts alone where JAX finds these: Slurm, Open MPI, Kubernetes, TPU pods. --devices are those of one host.
--artifact writes the program for other runtimes of StableHLO, of version --target and later; --steps 0 runs nothing.
"""

import argparse
import contextlib
import dataclasses
import os
import re
import sys

try:
    import jax.export
    import numpy as np
    from jax.interpreters.mlir import make_ir_context
    from jax.sharding import Mesh, NamedSharding, PartitionSpec
    from jaxlib.mlir.dialects import stablehlo
    from jaxlib.mlir.ir import Module
    from safetensors.numpy import load_file, save
except ImportError as error:
    sys.exit(f"pullback_xla: {error}; pip install jax safetensors")
DTYPES = {"f32": "float32", "f64": "float64", "i32": "int32", "i1": "bool"}


def check(holds, sentence):
    holds or sys.exit(f"pullback_xla: {sentence}")


@contextlib.contextmanager
def attempt(what):
    try:
        yield
    except Exception as error:
        check(False, f"cannot {what}: {' '.join(str(error).split())[:500] or type(error).__name__}")


def write(path, content):
    """Writes a file whole or not at all: bytes, or arrays by name."""
    with attempt(f"write {path}"), open(f"{path}.part", "wb") as file:
        content = save(content) if isinstance(content, dict) and not path.endswith(".npz") else content
        file.write(content) if isinstance(content, bytes) else np.savez(file, **content)
    os.replace(f"{path}.part", path)


def load(path, target):
    """The portable artifact of a program, and the types of its arguments and of its results by path."""
    with attempt(f"load {path} as StableHLO {target}"), make_ir_context() as context, open(path, "rb") as file:
        context.attach_diagnostic_handler(lambda _: True)
        is_artifact = (content := file.read()).startswith(b"ML\xefR")
        module = stablehlo.deserialize_portable_artifact(context, content) if is_artifact else Module.parse(content)
        main, types = next((op for op in module.body.operations if op.attributes["sym_name"].value == "main"), None), []
        check(main, f"{path} has no function main; expected a program of Export.stableHlo")
        for kinds, name in ((main.type.inputs, "arg_attrs"), (main.type.results, "res_attrs")):
            shapes = [jax.ShapeDtypeStruct(tuple(kind.shape), DTYPES[str(kind.element_type)]) for kind in kinds]
            attributes = main.attributes[name] if shapes else []
            types.append({each["pullback.path"].value: x for each, x in zip(attributes, shapes)})
        return stablehlo.serialize_portable_artifact(module, target), *types


def given(files, names, inputs, are_rows):
    """The arrays of arguments that stand in files, by path."""
    arrays = {}
    for file in files:
        with attempt(f"read {file}"):
            arrays |= np.load(file) if file.endswith(".npz") else load_file(file)
    found = {path: arrays[name] for path, name in names.items() if name in arrays}
    for path, array in found.items():
        wanted, first = inputs[path], 1 if are_rows and inputs[path].shape else 0
        fits = array.shape[first:] == wanted.shape[first:] and array.shape[:first] >= wanted.shape[:first]
        expected = f"{wanted.dtype} of shape {wanted.shape}{' or with more rows' * first}"
        is_safe = np.can_cast(array.dtype, wanted.dtype, "same_kind")
        check(fits and is_safe, f"{names[path]} is {array.dtype} of shape {array.shape}; expected {expected}")
    return {path: array.astype(inputs[path].dtype) for path, array in found.items()}


def main(options):
    check(min(options.devices, options.every, options.steps + 1) > 0, "a number is too small; expected 1, or 0 --steps")
    check(os.path.isdir(os.path.dirname(options.save) or "."), f"{options.save} is in no folder that exists")
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={options.devices} {os.getenv('XLA_FLAGS', '')}"
    jax.config.update("jax_enable_x64", True)
    with attempt("start JAX"):
        if options.hosts is not None:
            jax.distributed.initialize(*options.hosts[:1], *map(int, options.hosts[1:]))
        hosts = [[each for each in jax.devices() if each.process_index == i] for i in range(jax.process_count())]
        is_first = jax.process_index() == 0
    check(min(map(len, hosts)) >= options.devices, f"a host has fewer devices than the {options.devices} asked for")
    mesh = Mesh(np.array([host[: options.devices] for host in hosts]).ravel(), "batch")
    artifact, inputs, outputs = load(options.program, options.target)
    tails = [path.partition("]")[2].removeprefix(".") for path in inputs]
    names = {path: tail if tail and tails.count(tail) == 1 else path for path, tail in zip(inputs, tails)}
    params, data = given(options.params, names, inputs, False), given(options.data, names, inputs, True)
    rows = {path: inputs[path].shape[0] for path in data if inputs[path].shape}
    uneven = [n for n in rows.values() if n % mesh.size]
    check(not uneven, f"batches have {uneven} rows; expected multiples of {mesh.size}, the number of devices")
    counts = sorted({len(data[path]) // n for path, n in rows.items()}) or [1]
    check(len(counts) == 1, f"--data has {' or '.join(map(str, counts))} batches; expected as many of each argument")
    missing = [name for path, name in names.items() if path not in params and path not in data]
    check(options.steps == 0 or not missing, f"no file has {', '.join(missing)}; expected all arguments")
    fed = {f"result{path[4:]}": path for path in params if outputs.get(f"result{path[4:]}") == inputs[path]}
    with attempt(f"compile {options.program}"):
        # JAX exports a function of the same type, which then gets this program.
        zeros = jax.jit(lambda *_: [jax.numpy.zeros(x.shape, x.dtype) for x in outputs.values()], keep_unused=True)
        call = dataclasses.replace(jax.export.export(zeros)(*inputs.values()), mlir_module_serialized=artifact).call
        where = {path: NamedSharding(mesh, PartitionSpec(*["batch"] * (path in rows))) for path in inputs}
        shardings = {"in_shardings": tuple(where.values()), "out_shardings": NamedSharding(mesh, PartitionSpec())}
        spent = [i for i, path in enumerate(inputs) if path in fed.values()]
        step = jax.jit(call, **shardings, donate_argnums=spent).lower(*inputs.values()).compile()
        found = re.findall(r" (all-\w+|reduce-scatter|collective-permute)(?:-start)?\(", step.as_text())
        exchanged = ", ".join(f"{found.count(kind)} {kind}" for kind in sorted(set(found))) or "nothing"
    if is_first:
        options.artifact and write(options.artifact, artifact)
        print(f"{options.program}: {mesh.size} {jax.default_backend()} devices; exchanged: {exchanged}", flush=True)
    put, results = jax.make_array_from_callback, {}
    # Virtual devices share threads: with several steps under way, some could wait for each other forever.
    wait = jax.block_until_ready if jax.default_backend() == "cpu" else tuple
    values = {path: put(x.shape, where[path], x.__getitem__) for path, x in (data | params).items() if path not in rows}
    for n in range(options.steps):
        for path, size in rows.items():
            batch = data[path][n % counts[0] * size :][:size]
            values[path] = put(batch.shape, where[path], batch.__getitem__)
        results = dict(zip(outputs, wait(step(*map(values.get, inputs)))))
        values |= {path: results[source] for source, path in fed.items()}
        if is_first and (n + 1) % options.every == 0:
            numbers = [f"{path} {x}" for path, x in results.items() if path not in fed and not x.shape]
            print(f"step {n + 1}: {', '.join(numbers)}", flush=True)
    if is_first and options.save:
        write(options.save, {names.get(fed.get(path), path): np.asarray(x) for path, x in results.items()})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    for name, default in (("params", []), ("data", []), ("hosts", None)):
        parser.add_argument(f"--{name}", nargs="*", default=default)
    words = dict(save="", artifact="", target=stablehlo.get_current_version(), steps=1, every=1, devices=1)
    for name, default in words.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    main(parser.parse_args())
