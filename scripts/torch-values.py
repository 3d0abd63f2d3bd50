# Writes test/tensor/torch/values.json: what PyTorch gives for normalisation, padding, resampling and pooling, in float64.
#
#   python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python scripts/torch-values.py
#
# The operand of shape s is x[i] = (37 i mod 101) / 8 - 6 in row-major order; scales are 1 + i / 4, shifts i / 8 - 1.
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def operand(shape):
    n = math.prod(shape)
    return torch.tensor([(37 * i % 101) / 8 - 6 for i in range(n)]).reshape(shape)


def scale(n):
    return torch.tensor([1 + i / 4 for i in range(n)])


def shift(n):
    return torch.tensor([i / 8 - 1 for i in range(n)])


cases = []


def case(operation, shape, options, result):
    values = [float(f'{v:.13g}') for v in result.flatten().tolist()]
    cases.append({'operation': operation, 'shape': shape, **options, 'result': list(result.shape), 'values': values})


# Normalisation: `rescaled` is the number of scales and shifts.
for shape in ([3, 4], [2, 3, 4], [2, 3, 2, 2]):
    x = operand(shape)
    c = shape[1]
    n = shape[-1]
    given = {'options': {}, 'rescaled': c}
    case('batchNorm', shape, given, F.batch_norm(x, None, None, scale(c), shift(c), True))
    evaluated = F.batch_norm(x, shift(c), scale(c), scale(c), shift(c), False)
    case('batchNormGiven', shape, given, evaluated)
    case('layerNorm', shape, {'options': {'epsilon': 0.5}, 'rescaled': n}, F.layer_norm(x, [n], scale(n), shift(n), 0.5))
    case('rmsNorm', shape, {'options': {}}, F.rms_norm(x, [n]))
    case('l2Normalize', shape, {'options': {'axis': 1}}, F.normalize(x, dim=1))
    if len(shape) > 2:
        case('instanceNorm', shape, given, F.instance_norm(x, weight=scale(c), bias=shift(c)))
for groups in (1, 2, 4):
    shape = [2, 4, 3]
    x = operand(shape)
    given = {'options': {'groups': groups}, 'rescaled': 4}
    case('groupNorm', shape, given, F.group_norm(x, groups, scale(4), shift(4)))
for size in (1, 2, 3, 5, 8):
    shape = [2, 5, 2]
    options = {'size': size, 'alpha': 0.5, 'beta': 0.75, 'k': 2}
    case('localResponseNorm', shape, {'options': options}, F.local_response_norm(operand(shape), size, 0.5, 0.75, 2))

# Padding: widths of the last axes, from the last one back, as PyTorch takes them.
for mode in ('reflect', 'replicate', 'circular'):
    for shape, widths in (([1, 2, 4], [[0, 0], [0, 0], [3, 2]]), ([1, 1, 3, 4], [[0, 0], [0, 0], [2, 1], [1, 3]])):
        flat = [n for pair in reversed(widths[2:]) for n in pair]
        case('pad', shape, {'widths': widths, 'options': {'mode': mode}}, F.pad(operand(shape), flat, mode))

# Pixels.
case('pixelShuffle', [1, 8, 2, 3], {'factor': 2}, F.pixel_shuffle(operand([1, 8, 2, 3]), 2))
case('pixelUnshuffle', [2, 4, 6], {'factor': 2}, F.pixel_unshuffle(operand([2, 4, 6]), 2))

# Resampling.
modes = {'linear': [2, 2, 5], 'bilinear': [1, 2, 3, 4], 'trilinear': [1, 1, 2, 3, 2], 'bicubic': [1, 1, 4, 3]}
outputs = {'linear': [[9], [3], [5], [1]], 'bilinear': [[5, 7], [2, 2], [1, 4]], 'trilinear': [[3, 2, 4], [1, 5, 1]]}
outputs['bicubic'] = [[7, 6], [2, 2], [1, 5]]
for mode, shape in modes.items():
    x = operand(shape)
    for corners in (False, True):
        options = {'mode': mode, 'alignCorners': corners}
        for out in outputs[mode]:
            case('resize', shape, {'size': out, 'options': options}, F.interpolate(x, out, mode=mode, align_corners=corners))
        for by in (2, 1.5, 0.6):
            result = F.interpolate(x, scale_factor=by, mode=mode, align_corners=corners)
            case('upsample', shape, {'options': {'scale': by, **options}}, result)
for mode, name in (('nearest', 'nearest'), ('nearest-exact', 'nearestExact')):
    for shape, sizes in (([1, 2, 5], [[3], [8], [12]]), ([1, 1, 3, 4], [[2, 9], [6, 4]]), ([1, 1, 2, 2, 3], [[3, 4, 2]])):
        x = operand(shape)
        for out in sizes:
            case('resize', shape, {'size': out, 'options': {'mode': name}}, F.interpolate(x, out, mode=mode))
        for by in (2, 1.5, 0.6):
            case('upsample', shape, {'options': {'scale': by, 'mode': name}}, F.interpolate(x, scale_factor=by, mode=mode))
both = F.interpolate(operand([1, 1, 3, 4]), scale_factor=(2, 3), mode='bilinear')
case('upsample', [1, 1, 3, 4], {'options': {'scale': [2, 3], 'mode': 'bilinear'}}, both)

# Pooling: norms of absolute values; fractional maxima and their places, for samples u[i] = (11 i mod 32) / 32; unpooling of maxima.
for p in (1, 1.5, 2, 3):
    for rank, shape in ((1, [1, 2, 7]), (2, [1, 2, 5, 6]), (3, [1, 1, 4, 3, 4])):
        pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[rank - 1]
        for window, stride in ((2, 2), (3, 1)):
            options = {'window': window, 'stride': stride, 'p': p}
            case(f'lpPool{rank}d', shape, {'options': options}, pool(operand(shape).abs(), p, window, stride))
for rank, shape, window, sizes in (
    (2, [2, 3, 9, 11], [2, 3], [5, 6]),
    (2, [1, 2, 25, 7], [2, 2], [24, 1]),
    (2, [1, 4, 13, 17], [3, 1], [4, 11]),
    (3, [1, 2, 6, 7, 8], [2, 3, 2], [3, 4, 6]),
):
    pool = (F.fractional_max_pool2d, F.fractional_max_pool3d)[rank - 2]
    samples = torch.tensor([(11 * i % 32) / 32 for i in range(shape[0] * shape[1] * rank)]).reshape(*shape[:2], rank)
    values, indices = pool(operand(shape), window, sizes, return_indices=True, _random_samples=samples)
    options = {'window': window, 'outputSize': sizes}
    case(f'fractionalMaxPool{rank}d', shape, {'options': options}, values)
    case(f'fractionalMaxPool{rank}d', shape, {'options': {**options, 'returnIndices': True}}, indices)
ratio = {'window': 2, 'outputRatio': [0.7, 0.45]}
samples = torch.tensor([0, 11 / 32]).reshape(1, 1, 2)
result = F.fractional_max_pool2d(operand([1, 1, 10, 11]), 2, output_ratio=(0.7, 0.45), _random_samples=samples)
case('fractionalMaxPool2d', [1, 1, 10, 11], {'options': ratio}, result)
for rank, even, odd in ((1, [1, 2, 8], [1, 2, 7]), (2, [1, 2, 4, 6], [1, 2, 5, 7]), (3, [1, 1, 4, 2, 4], [1, 1, 4, 3, 5])):
    pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[rank - 1]
    unpool = (F.max_unpool1d, F.max_unpool2d, F.max_unpool3d)[rank - 1]
    values, indices = pool(operand(even), 2, return_indices=True)
    case(f'maxUnpool{rank}d', even, {'options': {'window': 2}}, unpool(values, indices, 2))
    # Windows that overlap write the same value to one place.
    values, indices = pool(operand(odd), 3, 2, 1, return_indices=True)
    pooling = {'window': 3, 'stride': 2, 'padding': 1}
    options = {'options': {**pooling, 'outputSize': odd[2:]}, 'pooling': pooling}
    case(f'maxUnpool{rank}d', odd, options, unpool(values, indices, 3, 2, 1, odd[2:]))

own = os.path.join(os.path.dirname(__file__), '..', 'test', 'tensor', 'torch', 'values.json')
path = os.environ.get('FIXTURE', own)
with open(path, 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(each) for each in cases) + '\n]\n')
print(len(cases), 'cases')
