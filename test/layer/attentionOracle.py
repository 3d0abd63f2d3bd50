"""Writes attentionOracle.json: what attention of PyTorch (2.13) computes in float64, for attentionOracle.test.ts.

python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python test/layer/attentionOracle.py, then npx prettier --write that file.
Parameters and operands are (37 i mod 101) / 160 - 0.3 for i from a start on, which is 0 for the first parameter, and grows by 7 from one to the next;
those of normalisations are 1 more. Every output y, where it counts, gives the loss sum(y^3) / 3.
"""
import json
import math
import os

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
WIDTH, HEADS, HIDDEN = 4, 2, 6


def numbers(*shape, start=0):
    n = math.prod(shape)
    return torch.tensor([(37 * (i + start) % 101) / 160 - 0.3 for i in range(n)]).reshape(shape)


def tensor(x):
    return {'shape': list(x.shape), 'values': [float(f'{v:.14g}') for v in x.detach().flatten().tolist()]}


def given(module):
    """The module with the parameters of the rule."""
    with torch.no_grad():
        for i, (name, p) in enumerate(module.named_parameters()):
            p.copy_(numbers(*p.shape, start=7 * i) + (1 if 'norm' in name and name.endswith('weight') else 0))
    return module


def run(module, operands, counted, call):
    """The output, and the gradients of sum(y^3) / 3 to operands and parameters, where `counted`."""
    leaves = [x.clone().requires_grad_(True) for x in operands]
    y = call(*leaves)
    (y[counted] ** 3).sum().div(3).backward()
    gradients = {f'input{i}': tensor(x.grad) for i, x in enumerate(leaves)}
    return {'output': tensor(torch.where(counted[..., None], y, 0)), 'gradients': gradients | {n: tensor(p.grad) for n, p in module.named_parameters()}}


x, memory = numbers(2, 5, WIDTH, start=11), numbers(2, 3, WIDTH, start=23)
values = numbers(2, 3, WIDTH, start=31)
# In PyTorch's masks True hides.
padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
memory_padding = torch.tensor([[False] * 3, [False, True, True]])
future = torch.ones(5, 5, dtype=torch.bool).triu(1)
everywhere, where = torch.ones(2, 5, dtype=torch.bool), ~padding

cases = {'attention': {}, 'encoder': {}, 'decoder': {}}

attention = given(nn.MultiheadAttention(WIDTH, HEADS, batch_first=True))
cases['attention']['plain'] = run(attention, [x], everywhere, lambda a: attention(a, a, a)[0])
attention.zero_grad()
cases['attention']['causalAndPadded'] = run(attention, [x], where, lambda a: attention(a, a, a, attn_mask=future, key_padding_mask=padding)[0])
attention.zero_grad()
cases['attention']['across'] = run(attention, [x, memory, values], everywhere, lambda a, b, c: attention(a, b, c, key_padding_mask=memory_padding)[0])

for norm in ('pre', 'post'):
    for activation in ('relu', 'gelu'):
        how = {'dim_feedforward': HIDDEN, 'dropout': 0, 'activation': activation, 'batch_first': True, 'norm_first': norm == 'pre'}
        encoder = given(nn.TransformerEncoderLayer(WIDTH, HEADS, **how))
        cases['encoder'][f'{norm} {activation}'] = run(encoder, [x], where, lambda a: encoder(a, src_key_padding_mask=padding))
    decoder = given(nn.TransformerDecoderLayer(WIDTH, HEADS, **how))
    cases['decoder'][norm] = run(decoder, [x, memory], where, lambda a, b: decoder(
        a, b, tgt_mask=future, tgt_key_padding_mask=padding, memory_key_padding_mask=memory_padding))

own = os.path.join(os.path.dirname(__file__), 'attentionOracle.json')
with open(os.environ.get('FIXTURE', own), 'w') as file:
    json.dump(cases, file, indent=1)
