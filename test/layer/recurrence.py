"""Writes recurrence.json: what recurrent layers of PyTorch (2.13) compute in float64, for recurrenceOracle.test.ts.

python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python test/layer/recurrence.py, then npx prettier --write that file.
The operand of shape s is x[i] = ((37 (i + start) mod 101) / 32 - 1.5) / 2 in row-major order: 3 sequences of 4 steps of 2 numbers, states of 3.
The parameters start at 0, 1, 2 and so on in PyTorch's order, the initial states at 50 and 60. The loss is sum(outputs^3) / 3 + sum(states^2) / 2.
"""
import json
import math
import os

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)


def numbers(shape, start):
    n = math.prod(shape)
    return (torch.tensor([(37 * (i + start) % 101) / 32 - 1.5 for i in range(n)]) / 2).reshape(shape)


def values(x):
    return [float(f'{v:.14g}') for v in x.detach().flatten().tolist()]


cases = []
kinds = {'rnn': nn.RNN, 'relu': lambda *a, **b: nn.RNN(*a, nonlinearity='relu', **b), 'gru': nn.GRU, 'lstm': nn.LSTM}
for kind, of in kinds.items():
    for layers, both, lengths in ((1, False, None), (1, True, [4, 2, 3]), (2, True, [3, 4, 1]), (2, False, None)):
        module = of(2, 3, num_layers=layers, bidirectional=both, batch_first=True)
        with torch.no_grad():
            for i, p in enumerate(module.parameters()):
                p.copy_(numbers(p.shape, i))
        x = numbers((3, 4, 2), 7).requires_grad_(True)
        shape = (layers * (2 if both else 1), 3, 3)
        start = [numbers(shape, at).requires_grad_(True) for at in ((50, 60) if kind == 'lstm' else (50,))]
        given = tuple(start) if kind == 'lstm' else start[0]
        if lengths is None:
            y, state = module(x, given)
        else:
            packed, state = module(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False), given)
            y = pad_packed_sequence(packed, batch_first=True, total_length=4)[0]
        states = list(state) if kind == 'lstm' else [state]
        ((y ** 3).sum() / 3 + sum((s ** 2).sum() for s in states) / 2).backward()
        cases.append({
            'kind': kind, 'layers': layers, 'bidirectional': both, 'lengths': lengths,
            'outputs': values(y), 'states': [values(s) for s in states],
            'ofInput': values(x.grad), 'ofStart': [values(s.grad) for s in start],
            'ofParameters': [values(p.grad) for p in module.parameters()],
        })

own = os.path.join(os.path.dirname(__file__), 'recurrence.json')
with open(os.environ.get('FIXTURE', own), 'w') as file:
    json.dump(cases, file)
print(f'{len(cases)} cases')
