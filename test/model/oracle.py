"""Writes oracle.json: what networks of torchvision (0.28, with PyTorch 2.13) compute in float64, for oracle.test.ts.

python3 -m venv venv && venv/bin/pip install torch==2.13.0 torchvision==0.28.0 && venv/bin/python test/model/oracle.py

Element i of a tensor in row-major order is the number v(i) = (37 i mod 101) / 32 - 1.5 from a place of its own on, which the codes of the
letters of its name give: weights are v / sqrt(fan-in), scales and variances 1 + v / 8, all else v / 8. Images are v^3, since v has neighbours
whose convolutions are equal but for rounding. The loss is the cross-entropy with labels 0, 1, ... Of each gradient and statistic its dot
products with itself and with the v of its name and '?' are kept.
"""
import json
import math
import os

import torch
from torch import nn
from torchvision import models

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def numbers(name, shape):
    i = torch.arange(math.prod(shape)) + sum(name.encode())
    return ((37 * i % 101) / 32 - 1.5).reshape(shape)


def value(name, shape):
    v = numbers(name, shape)
    if len(shape) > 1:
        return v / math.sqrt(math.prod(shape[1:]))
    return 1 + v / 8 if name.endswith(('weight', 'running_var')) else v / 8


def number(x):
    return float(f'{float(x):.13g}')


def products(name, x):
    return [number((x * x).sum()), number((x * numbers(name + '?', list(x.shape))).sum())]


def case(module, size, batch=2):
    tensors = {name: x for name, x in module.state_dict().items() if x.dtype == torch.float64}
    with torch.no_grad():
        for name, x in tensors.items():
            x.copy_(value(name, list(x.shape)))
    v = numbers('input', [batch, 3, size, size])
    x = v * v * v
    module.eval()
    scores = module(x)
    module.train()
    loss = nn.functional.cross_entropy(module(x), torch.arange(batch))
    loss.backward()
    return {
        'size': size,
        'scores': [number(each) for each in scores.flatten().tolist()],
        'loss': number(loss.detach()),
        'gradient': {name: products(name, p.grad) for name, p in module.named_parameters()},
        'state': {name: products(name, tensors[name]) for name in tensors if 'running' in name},
    }


class Narrow(models.ResNet):
    """A residual network of width 4 in place of 64."""

    def _make_layer(self, block, planes, *rest, **more):
        if planes == 64:
            self.inplanes = 4
        return super()._make_layer(block, planes // 16, *rest, **more)


def resnet(block, layers):
    module = Narrow(block, layers)
    module.conv1 = nn.Conv2d(3, 4, 7, 2, 3, bias=False)
    module.bn1 = nn.BatchNorm2d(4)
    module.fc = nn.Linear(32 * block.expansion, 5)
    return module


def vgg():
    stages = [[4, 'M'], [8, 'M'], [16, 16, 'M'], [32, 32, 'M'], [32, 32, 'M']]
    module = models.VGG(nn.Sequential(nn.Identity()), init_weights=False, dropout=0)
    module.features = models.vgg.make_layers([each for stage in stages for each in stage], batch_norm=True)
    module.classifier = nn.Sequential(
        nn.Linear(32 * 49, 6), nn.ReLU(), nn.Dropout(0), nn.Linear(6, 6), nn.ReLU(), nn.Dropout(0), nn.Linear(6, 5)
    )
    return module


cases = {
    'basic': case(resnet(models.resnet.BasicBlock, [2, 1, 1, 1]), 64),
    'bottleneck': case(resnet(models.resnet.Bottleneck, [1, 1, 1, 1]), 64),
    'dense': case(models.DenseNet(growth_rate=4, block_config=(2, 3), num_init_features=8, num_classes=5), 32),
    'vgg': case(vgg(), 32),
}

path = os.environ.get('FIXTURE', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'oracle.json'))
with open(path, 'w') as file:
    json.dump(cases, file)
print(f'{len(cases)} networks')
