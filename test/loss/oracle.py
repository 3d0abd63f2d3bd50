"""Writes oracle.json: losses and gradients by PyTorch (2.13) in float64, for oracle.test.ts. Run: python3 test/loss/oracle.py"""
import json
import os
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def lattice(*shape, scale=4.0):
    """Short decimals away from kinks."""
    return (torch.rand(*shape) * 2 - 1).mul(scale).mul(100).round().div(100) + 0.005


def operand(x):
    return {'shape': list(x.shape), 'dtype': 'float64' if x.is_floating_point() else 'int32', 'values': x.flatten().tolist()}


cases = []


def case(name, f, operands, options=None, tensors=None, differentiated=1):
    first = [x.clone().requires_grad_(True) if i < differentiated else x for i, x in enumerate(operands)]
    losses = f(*first, reduction='none')
    f(*first, reduction='sum').backward()
    cases.append({
        'loss': name,
        'options': options or {},
        'tensors': {key: operand(x) for key, x in (tensors or {}).items()},
        'operands': [operand(x) for x in operands],
        'losses': losses.flatten().tolist(),
        'mean': f(*operands, reduction='mean').item(),
        'gradients': [x.grad.flatten().tolist() for x in first[:differentiated]],
    })


p, t = lattice(2, 3), lattice(2, 3)
case('mse', F.mse_loss, [p, t])
case('mae', F.l1_loss, [p, t])
case('huber', lambda x, y, reduction: F.huber_loss(x, y, delta=1.5, reduction=reduction), [p, t], {'delta': 1.5})
case('smoothL1', lambda x, y, reduction: F.smooth_l1_loss(x, y, beta=0.7, reduction=reduction), [p, t], {'beta': 0.7})
case('smoothL1', lambda x, y, reduction: F.smooth_l1_loss(x, y, beta=0.0, reduction=reduction), [p, t], {'beta': 0})

bits = torch.tensor([[0.0, 1, 1], [1, 0, 0.25]])
signs = torch.tensor([[-1.0, 1, 1], [1, -1, -1]])
case('binaryCrossEntropyWithLogits', F.binary_cross_entropy_with_logits, [p, bits])
case('binaryCrossEntropy', F.binary_cross_entropy, [torch.sigmoid(p), bits])
case('softMargin', F.soft_margin_loss, [p, signs])
case('multiLabelSoftMargin', F.multilabel_soft_margin_loss, [p, bits.round()])

logs, probabilities = F.log_softmax(lattice(2, 4), -1), F.softmax(lattice(2, 4), -1)
case('kl', F.kl_div, [logs, probabilities])
case('kl', lambda x, y, reduction: F.kl_div(x, y, log_target=True, reduction=reduction), [logs, probabilities.log()], {'logTarget': True})

counts = torch.tensor([[0.0, 1, 2], [5, 3, 9]])
for log_input, x in [(True, p), (False, p.abs())]:
    for full in [False, True]:
        case('poisson', lambda x, y, reduction: F.poisson_nll_loss(x, y, log_input=log_input, full=full, reduction=reduction), [x, counts],
             {'logInput': log_input, 'full': full})
for full in [False, True]:
    f = lambda x, y, v, reduction: F.gaussian_nll_loss(x, y, v, full=full, reduction=reduction)
    case('gaussianNll', f, [p, t, lattice(2, 3).abs()], {'full': full})

scores, labels, weights = lattice(5, 4), torch.tensor([1, 0, 3, 2, 1], dtype=torch.int64), torch.tensor([0.5, 2.0, 1.0, 0.25])
case('nll', F.nll_loss, [F.log_softmax(scores, -1), labels])
case('nll', lambda x, y, reduction: F.nll_loss(x, y, weight=weights, ignore_index=3, reduction=reduction), [F.log_softmax(scores, -1), labels],
     {'ignoreIndex': 3}, {'classWeights': weights})
for smoothing in [0.0, 0.1, 1.0]:
    cross = lambda x, y, reduction: F.cross_entropy(x, y, label_smoothing=smoothing, reduction=reduction)
    weighted = lambda x, y, reduction: F.cross_entropy(x, y, weight=weights, label_smoothing=smoothing, reduction=reduction)
    ignoring = lambda x, y, reduction: F.cross_entropy(x, y, weight=weights, ignore_index=-100, label_smoothing=smoothing, reduction=reduction)
    targets = F.softmax(lattice(5, 4), -1)
    case('crossEntropy', cross, [scores, labels], {'labelSmoothing': smoothing})
    case('crossEntropy', weighted, [scores, labels], {'labelSmoothing': smoothing}, {'classWeights': weights})
    case('crossEntropy', ignoring, [scores, torch.tensor([1, -100, 3, -100, 0])], {'labelSmoothing': smoothing, 'ignoreIndex': -100},
         {'classWeights': weights})
    case('crossEntropy', cross, [scores, targets], {'labelSmoothing': smoothing})
    case('crossEntropy', weighted, [scores, targets], {'labelSmoothing': smoothing}, {'classWeights': weights})
    images, classes = lattice(2, 4, 2, 3), torch.randint(0, 4, (2, 2, 3))
    case('crossEntropy', weighted, [images, classes], {'labelSmoothing': smoothing, 'axis': 1}, {'classWeights': weights})
    case('crossEntropy', weighted, [images, F.softmax(images.flip(0), 1)], {'labelSmoothing': smoothing, 'axis': 1}, {'classWeights': weights})

for power in [1, 2]:
    case('multiMargin', lambda x, y, reduction: F.multi_margin_loss(x, y, p=power, margin=0.8, reduction=reduction), [scores, labels],
         {'power': power, 'margin': 0.8})
lists = torch.tensor([[3, 0, -1, 1], [-1, 0, 0, 0], [0, 1, 2, 3], [2, -1, -1, -1], [1, 3, 2, -1]])
case('multiLabelMargin', F.multilabel_margin_loss, [scores, lists])

a, b, c = lattice(4, 3), lattice(4, 3), lattice(4, 3)
pairs = torch.tensor([1.0, -1, 1, -1])
case('cosineEmbedding', lambda x, y, z, reduction: F.cosine_embedding_loss(x, y, z, margin=0.1, reduction=reduction), [a, b, pairs], {'margin': 0.1},
     differentiated=2)
case('marginRanking', lambda x, y, z, reduction: F.margin_ranking_loss(x, y, z, margin=0.5, reduction=reduction), [a[:, 0], b[:, 0], pairs],
     {'margin': 0.5}, differentiated=2)
for power, swap in [(1, False), (2, False), (2, True)]:
    case('triplet', lambda x, y, z, reduction: F.triplet_margin_loss(x, y, z, margin=2, p=power, swap=swap, eps=0, reduction=reduction), [a, b, c],
         {'margin': 2, 'p': power, 'swap': swap}, differentiated=3)

own = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'oracle.json')
with open(os.environ.get('FIXTURE', own), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(each) for each in cases) + '\n]\n')
print(len(cases), 'cases')
