"""The cases that the onnx package has for its operations: small ones in test/import/cases.json, or all of them.

python3 test/import/cases.py [file]        (onnx 1.23.2, in an environment outside of the repository)
python3 test/import/cases.py --all file

A case is a model with inputs and outputs, as numbers; those of sequences, strings and types that are not imported are left out
of the small ones, and have a reason among all.
"""

import base64
import json
import os
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings("ignore")

TYPES = {"float32", "float64", "float16", "bfloat16", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}

# How many cases of an operation stand in the small file, how many characters the first may have, and how many the others.
MOST, FIRST, OTHERS = 2, 12000, 640

# Operations that are not imported.
LEFT_OUT = """Adagrad Adam ArrayFeatureExtractor Bernoulli Binarizer BitCast CausalConvWithState ConvInteger DFT DeformConv DequantizeLinear
DynamicQuantizeLinear FlexAttention Gradient ImageDecoder LinearAttention MatMulInteger MelWeightMatrix Momentum NonMaxSuppression
OptionalGetElement OptionalHasElement QLinearConv QLinearMatMul QuantizeLinear RoiAlign STFT SwiGLU TensorScatter TfIdfVectorizer
TreeEnsemble Unique""".split()


def encoded(value):
    if isinstance(value, onnx.TensorProto):
        value = numpy_helper.to_array(value)
    if not isinstance(value, (np.ndarray, np.generic, int, float)):
        raise ValueError(f"a {type(value).__name__} is no tensor")
    x = np.asarray(value)
    if x.dtype.name not in TYPES:
        raise ValueError(f"elements of type {x.dtype.name}")
    digits = {"float64": ".17g", "float32": ".9g", "float16": ".6g", "bfloat16": ".6g"}.get(x.dtype.name)
    if digits is None:
        numbers = [int(v) for v in x.flatten().tolist()]
    else:
        # JSON has no NaN and no infinities.
        numbers = [float(format(v, digits)) if np.isfinite(v) else str(v) for v in x.astype(np.float64).flatten().tolist()]
    return {"type": x.dtype.name, "shape": list(x.shape), "values": numbers}


def cases():
    for case in collect_testcases(None):
        found = {
            "name": case.name.removeprefix("test_"),
            "operations": sorted({node.op_type for node in case.model.graph.node}),
            "version": max((each.version for each in case.model.opset_import if each.domain == ""), default=0),
            "model": base64.b64encode(case.model.SerializeToString()).decode(),
        }
        if len(found["model"]) > 4_000_000:
            yield {**found, "model": "", "reason": "is larger than 3 MB"}
            continue
        inputs, outputs = case.data_sets[0]
        try:
            yield {**found, "inputs": [encoded(x) for x in inputs], "outputs": [encoded(y) for y in outputs]}
        except ValueError as error:
            yield {**found, "reason": str(error)}


def small():
    """Of each operation the shortest cases, of which none is an operation that is written as others."""
    counts = {}
    for case in sorted(cases(), key=lambda each: len(json.dumps(each))):
        operations = case["operations"]
        if "reason" in case or "_expanded" in case["name"] or len(operations) != 1 or operations[0] in LEFT_OUT or case["version"] < 7:
            continue
        [operation] = operations
        count = counts.get(operation, 0)
        if count < MOST and len(json.dumps(case)) <= (OTHERS if count > 0 else FIRST):
            counts[operation] = count + 1
            yield case


def main():
    if sys.argv[1:2] == ["--all"]:
        with open(sys.argv[2], "w") as file:
            for case in cases():
                file.write(json.dumps(case, separators=(",", ":")) + "\n")
        return
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "cases.json")
    with open(target, "w") as file:
        json.dump({"onnx": onnx.__version__, "cases": list(small())}, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
