"""Runs a program that `pullback/Export` wrote as StableHLO: by XLA through JAX, on one device, on many, or on many hosts.

    pip install jax safetensors
    python pullback_xla.py step.mlir --params start.npz --data data.npz --steps 100 --save trained.npz --devices 8

PROGRAM is the text of `Export.stableHlo`, or a portable artifact. It names each argument and result by its place in the function
that was exported: `args[0].params.w`, `result[1].loss`. Files of arrays are .npz or .safetensors. An array is named by the whole
path, or by what follows `args[0].` if only one argument has it: `params.w`. What no argument is named after is left alone.

Arrays of --params are the same on every device. A result feeds the argument at its own place, `result[0].w` feeds `args[0].w`,
so a function from a state and a batch to [next state, { loss }] is a step. After every step, or every --every, the numbers that
feed nothing are printed. --save writes the last results: what feeds an argument under that argument's name, the rest by path.

Arrays of --data are rows. Each step takes as many as it was exported for: in order, over and over; rows at the end that fill no
batch are left out. --devices N shares the first axis of each batch among N devices, which are virtual on a CPU. XLA derives all
else, since the program says nothing of devices: results are those of one device up to rounding.

Several hosts: start the same command on each, with --coordinator HOST:PORT of the first, --processes and --process, or with
--coordinator auto where JAX finds these by itself (Slurm, Open MPI, Kubernetes, TPU pods). --devices are those of one host.
Every host reads the files; the first one prints and writes.

--artifact writes the program in StableHLO's stable format, for runtimes of version --target and later; --hlo writes what XLA
compiled. --steps 0 runs nothing. What goes wrong is one sentence on stderr, and exit code 1.
"""

import argparse
import contextlib
import dataclasses
import os
import re
import sys

import numpy as np

DTYPES = {"f32": "float32", "f64": "float64", "i32": "int32", "i1": "bool"}


def check(holds, sentence):
    if not holds:
        sys.exit(f"pullback_xla: {sentence}")


@contextlib.contextmanager
def attempt(what):
    try:
        yield
    except Exception as error:
        check(False, f"cannot {what}: {' '.join(str(error).split())[:500] or type(error).__name__}")


def read(path):
    """The arrays of a file, by name."""
    with attempt(f"read {path}"):
        if not path.endswith(".safetensors"):
            return dict(np.load(path))
        from safetensors.numpy import load_file

        return load_file(path)


def write(path, content):
    """Writes a file whole or not at all: bytes, or arrays by name."""
    with attempt(f"write {path}"), open(f"{path}.part", "wb") as file:
        if isinstance(content, dict) and path.endswith(".safetensors"):
            from safetensors.numpy import save

            content = save(content)
        np.savez(file, **content) if isinstance(content, dict) else file.write(content)
    os.replace(f"{path}.part", path)


def load(path, jax, stablehlo):
    """The text of a program, and the types of its arguments and of its results, by path."""
    from jaxlib.mlir.ir import Module

    def typed(types, attributes):
        shapes = [jax.ShapeDtypeStruct(tuple(each.shape), DTYPES[str(each.element_type)]) for each in types]
        return {each["pullback.path"].value: shape for each, shape in zip(attributes, shapes)}

    with attempt(f"load {path}"), jax.interpreters.mlir.make_ir_context() as context, open(path, "rb") as file:
        context.attach_diagnostic_handler(lambda _: True)
        content = file.read()
        is_artifact = content.startswith(b"ML\xefR")
        module = stablehlo.deserialize_portable_artifact(context, content) if is_artifact else Module.parse(content)
        main = next(each for each in module.body.operations if each.attributes["sym_name"].value == "main")
        inputs, outputs = main.attributes["arg_attrs"], main.attributes["res_attrs"]
        return str(module), typed(main.type.inputs, inputs), typed(main.type.results, outputs)


def given(files, inputs, are_rows):
    """The arrays of files by the paths of their arguments, and the names that they have there."""
    tails = {path: re.sub(r"^args\[\d+\]\.?", "", path) for path in inputs}
    arrays, found, names = {name: array for file in files for name, array in read(file).items()}, {}, {}
    for path, wanted in inputs.items():
        name = tails[path] if tails[path] in arrays and list(tails.values()).count(tails[path]) == 1 else path
        if name in arrays:
            array, rest = arrays[name], 1 if are_rows and wanted.shape else 0
            fits = array.shape[rest:] == wanted.shape[rest:] and array.shape[:rest] >= wanted.shape[:rest]
            expected = f"{wanted.dtype} of shape {wanted.shape}{' or with more rows' * rest}"
            check(
                fits and np.can_cast(array.dtype, wanted.dtype, "same_kind"),
                f"{name} is {array.dtype} of shape {array.shape}; expected {expected}",
            )
            found[path], names[path] = array.astype(wanted.dtype), name
    return found, names


def main(options):
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={options.devices} {os.getenv('XLA_FLAGS', '')}"
    with attempt("start JAX"):
        import jax
        from jax.export import export
        from jax.sharding import Mesh, NamedSharding, PartitionSpec
        from jaxlib.mlir.dialects import stablehlo

        jax.config.update("jax_enable_x64", True)
        if options.coordinator:
            hosts = (options.coordinator, options.processes, options.process)
            jax.distributed.initialize(*(() if options.coordinator == "auto" else hosts))
        everywhere = [[each for each in jax.devices() if each.process_index == i] for i in range(jax.process_count())]
        mesh = Mesh(np.array([local[: options.devices] for local in everywhere]).ravel(), "batch")
    is_first, least = jax.process_index() == 0, min(map(len, everywhere))
    check(least >= options.devices, f"a host has {least} devices; expected {options.devices}")
    text, inputs, outputs = load(options.program, jax, stablehlo)
    (params, names), (data, _) = given(options.params, inputs, False), given(options.data, inputs, True)
    sizes = {path: inputs[path].shape[0] for path in data if inputs[path].shape}
    uneven = [f"{path} has {size} rows" for path, size in sizes.items() if size % mesh.size]
    check(not uneven, f"{', '.join(uneven)}; expected a multiple of {mesh.size}, the number of devices")
    counts = sorted({len(data[path]) // size for path, size in sizes.items()}) or [1]
    check(len(counts) == 1, f"--data has {' and '.join(map(str, counts))} batches; expected as many of each argument")

    fed = {f"result{path[4:]}": path for path in params if outputs.get(f"result{path[4:]}") == inputs[path]}
    with attempt(f"compile {options.program}"):
        # JAX exports a function of the same type, which then gets this program.
        same = jax.jit(lambda *_: [jax.numpy.zeros(x.shape, x.dtype) for x in outputs.values()], keep_unused=True)
        artifact = stablehlo.serialize_portable_artifact_str(text, stablehlo.get_current_version())
        program = dataclasses.replace(export(same)(*inputs.values()), mlir_module_serialized=artifact)
        where = {path: NamedSharding(mesh, PartitionSpec(*["batch"] * (path in sizes))) for path in inputs}
        whole = NamedSharding(mesh, PartitionSpec())
        spent = [i for i, path in enumerate(inputs) if path in fed.values()]
        jitted = jax.jit(program.call, tuple(where.values()), whole, donate_argnums=spent)
        step = jitted.lower(*inputs.values()).compile()
    if is_first:
        print(f"{mesh.size} devices, {len(re.findall(r' all-reduce(?:-start)?[(]', step.as_text()))} all-reduce")
        if options.hlo:
            write(options.hlo, step.as_text().encode())
        if options.artifact:
            with attempt(f"write {options.program} for StableHLO {options.target}"):
                write(options.artifact, stablehlo.serialize_portable_artifact_str(text, options.target))
    if options.steps == 0:
        return
    missing = [path for path in inputs if path not in params and path not in data]
    check(not missing, f"no file has {', '.join(missing)}; expected an array of every argument")

    def place(path, array):
        return jax.make_array_from_callback(array.shape, where[path], lambda index: array[index])

    values = {path: place(path, array) for path, array in (data | params).items() if path not in sizes}
    for n in range(options.steps):
        for path, size in sizes.items():
            values[path] = place(path, data[path][n % counts[0] * size :][:size])
        results = dict(zip(outputs, step(*(values[path] for path in inputs))))
        values |= {path: results[source] for source, path in fed.items()}
        if is_first and (n + 1) % options.every == 0:
            numbers = {path: results[path] for path in outputs if path not in fed and not outputs[path].shape}
            print(f"step {n + 1}:", ", ".join(f"{path} {np.asarray(x)}" for path, x in numbers.items()), flush=True)
    if is_first and options.save:
        write(options.save, {names.get(fed.get(path), path): np.asarray(x) for path, x in results.items()})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    for name in ("--params", "--data"):
        parser.add_argument(name, metavar="FILE", nargs="+", default=[])
    for name, default in (("--save", None), ("--hlo", None), ("--artifact", None), ("--target", "1.0.0")):
        parser.add_argument(name, default=default)
    parser.add_argument("--coordinator", metavar="HOST:PORT")
    for name, default in (("steps", 1), ("every", 1), ("devices", 1), ("processes", 1), ("process", 0)):
        parser.add_argument(f"--{name}", metavar="N", type=int, default=default)
    main(parser.parse_args())
