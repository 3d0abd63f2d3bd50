"""Runs StableHLO text under XLA: a request a line on standard input, an answer a line on standard output.

A request is {"text": ..., "inputs": [{"shape", "dtype", "data"}]}, where data are little-endian bytes in base64; an answer is
{"outputs": [...]}, or {"error": ...}. A request without "text" runs the text of the request before on other inputs.
"""
import base64
import json
import sys

import jax
import numpy as np
from jaxlib import xla_client

jax.config.update('jax_enable_x64', True)
device = jax.devices()[0]
types = {'float32': np.float32, 'float64': np.float64, 'int32': np.int32, 'bool': np.bool_}
names = {np.dtype(kind): name for name, kind in types.items()}


def read(entry):
    array = np.frombuffer(base64.b64decode(entry['data']), types[entry['dtype']])
    return jax.device_put(array.reshape(entry['shape']), device)


def written(array):
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {'shape': list(array.shape), 'dtype': names[array.dtype], 'data': data}


def compiled(text):
    devices = xla_client.DeviceList((device,))
    return device.client.compile_and_load(text.encode(), devices, xla_client.CompileOptions())


program = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if 'text' in request:
            program = compiled(request['text'])
        results = program.execute_sharded([read(entry) for entry in request['inputs']])
        outputs = [np.asarray(each[0]) for each in results.disassemble_into_single_device_arrays()]
        answer = {'outputs': [written(each) for each in outputs]}
    except Exception as error:  # the answer says what went wrong
        answer = {'error': str(error)[:4000]}
    print(json.dumps(answer), flush=True)
