"""Writes oracle.json: the minimum of regularised softmax regression on iris, by Newton's method of PyTorch (2.13) in float64, for
iris.test.ts.

python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python test/minimize/oracle.py, then npx prettier --write that file.
The features are as they stand in examples/data/iris.csv, in centimetres; the objective is the mean cross entropy of x W + b, plus
0.005 times the sum of the squares of W and b.
"""
import csv
import json
import os

import torch

torch.set_default_dtype(torch.float64)
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, '..', '..', 'examples', 'data', 'iris.csv'), encoding='utf-8') as file:
    rows = list(csv.reader(file))[1:]
species = ['setosa', 'versicolor', 'virginica']
x = torch.tensor([[float(v) for v in row[:4]] for row in rows])
labels = torch.tensor([species.index(row[4]) for row in rows])


def objective(p):
    logits = x @ p[:12].reshape(4, 3) + p[12:]
    return torch.nn.functional.cross_entropy(logits, labels) + 0.005 * (p ** 2).sum()


p = torch.zeros(15)
for _ in range(60):
    g = torch.autograd.functional.jacobian(objective, p)
    h = torch.autograd.functional.hessian(objective, p)
    step = torch.linalg.solve(h, g)
    t = 1.0
    while objective(p - t * step) > objective(p) and t > 1e-6:
        t /= 2
    p = p - t * step
g = torch.autograd.functional.jacobian(objective, p)
assert g.norm() < 1e-13, g.norm()

with open(os.environ.get('FIXTURE', os.path.join(here, 'oracle.json')), 'w', encoding='utf-8') as file:
    json.dump({'value': float(objective(p)), 'w': p[:12].reshape(4, 3).tolist(), 'b': p[12:].tolist()}, file, indent=2)
    file.write('\n')
