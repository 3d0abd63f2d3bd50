"""Writes oracle.json: what layers of PyTorch (2.13) compute in float64, for oracle.test.ts.

python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python test/layer/oracle.py, then npx prettier --write that file.
The operand of shape s is x[i] = (37 i mod 101) / 32 - 1.5 in row-major order; every output y gives the loss sum(y^3) / 3.
"""
import json
import math
import os
import warnings

import torch
from torch import nn

warnings.simplefilter('ignore')
torch.set_default_dtype(torch.float64)


def numbers(*shape, start=0):
    n = math.prod(shape)
    return torch.tensor([(37 * (i + start) % 101) / 32 - 1.5 for i in range(n)]).reshape(shape)


def values(x):
    return [float(f'{v:.14g}') for v in x.detach().flatten().tolist()]


def tensor(x):
    return {'shape': list(x.shape), 'values': values(x)}


def step(module, x):
    """Output of one application, and the gradients of sum(y^3) / 3 to the input and the parameters."""
    x = x.clone().requires_grad_(True)
    module.zero_grad()
    y = module(x)
    (y ** 3).sum().div(3).backward()
    return y, {'input': tensor(x.grad), **{name: tensor(p.grad) for name, p in module.named_parameters()}}


cases = {'batchNorm': [], 'convTranspose2d': [], 'weightNorm': [], 'spectralNorm': []}

# Three steps in training, then one in evaluation.
for shape, momentum in (([4, 3], 0.1), ([2, 3, 4], 0.3), ([2, 3, 2, 2], 0.1)):
    module = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d}[len(shape)](3, momentum=momentum)
    with torch.no_grad():
        module.weight.copy_(numbers(3, start=2))
        module.bias.copy_(numbers(3, start=5))
    steps = []
    for i in range(4):
        if i == 3:
            module.eval()
        y, gradients = step(module, numbers(*shape, start=7 * i))
        steps.append({'output': tensor(y), 'gradients': gradients, 'mean': tensor(module.running_mean), 'variance': tensor(module.running_var)})
    cases['batchNorm'].append({'shape': shape, 'momentum': momentum, 'steps': steps})

for how in ({}, {'stride': 2, 'padding': 1, 'output_padding': 1}, {'stride': (2, 1), 'dilation': (1, 2), 'groups': 2}):
    module = nn.ConvTranspose2d(4, 6, (3, 2), **how)
    with torch.no_grad():
        module.weight.copy_(numbers(*module.weight.shape, start=3))
        module.bias.copy_(numbers(6, start=1))
    y, gradients = step(module, numbers(2, 4, 3, 2))
    options = {{'output_padding': 'outputPadding'}.get(name, name): value for name, value in how.items()}
    cases['convTranspose2d'].append({'options': options, 'output': tensor(y), 'gradients': gradients})


def layers():
    """A dense layer and a convolution with given parameters, and their inputs."""
    for kind, module, shape in (('dense', nn.Linear(4, 3), [2, 4]), ('conv2d', nn.Conv2d(2, 3, 2), [2, 2, 3, 3])):
        with torch.no_grad():
            module.weight.copy_(numbers(*module.weight.shape, start=3))
            module.bias.copy_(numbers(3, start=1))
        yield kind, module, shape


for kind, module, shape in layers():
    module = nn.utils.weight_norm(module)
    with torch.no_grad():
        g = tensor(module.weight_g)
        module.weight_g.mul_(numbers(3, start=4).reshape(module.weight_g.shape))
    y, gradients = step(module, numbers(*shape))
    cases['weightNorm'].append({'layer': kind, 'input': shape, 'g': g, 'output': tensor(y), 'gradients': gradients})

for iterations in (1, 3):
    for kind, module, shape in layers():
        module = nn.utils.spectral_norm(module, n_power_iterations=iterations)
        with torch.no_grad():
            u = numbers(3, start=6)
            module.weight_u.copy_(u / u.norm())
        steps = []
        for i in range(3):
            y, gradients = step(module, numbers(*shape, start=7 * i))
            steps.append({'output': tensor(y), 'gradients': gradients, 'u': tensor(module.weight_u)})
        # `largest` is what many iterations find.
        cases['spectralNorm'].append({'layer': kind, 'input': shape, 'iterations': iterations, 'steps': steps,
                                      'largest': torch.linalg.svdvals(module.weight_orig.detach().flatten(1))[0].item()})

own = os.path.join(os.path.dirname(__file__), 'oracle.json')
with open(os.environ.get('FIXTURE', own), 'w') as file:
    json.dump(cases, file, indent=1)
