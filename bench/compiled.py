"""The steps of bench/steps.ts in PyTorch, on one thread: least and median seconds of a call, as JSON."""

import json

import torch
from timing import step, timed
from torch import nn


def pendulum(steps):
    h = 0.01

    def field(y):
        return y[1], torch.sin(y[0]) * -9.81

    def ahead(y, k, by):
        return y[0] + k[0] * by, y[1] + k[1] * by

    def combined(y, k1, k2, k3, k4):
        return y + ((k1 + k4) + (k2 + k3) * 2) * (h / 6)

    start = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (1.0, 0.0)]

    def run():
        y = start
        for _ in range(steps):
            k1 = field(y)
            k2 = field(ahead(y, k1, h / 2))
            k3 = field(ahead(y, k2, h / 2))
            k4 = field(ahead(y, k3, h))
            y = combined(y[0], k1[0], k2[0], k3[0], k4[0]), combined(y[1], k1[1], k2[1], k3[1], k4[1])
        return torch.autograd.grad(y[0], start)

    return run


features, labels = torch.rand(128, 784), torch.randint(10, (128,))
images, classes = torch.rand(64, 1, 28, 28), torch.randint(10, (64,))
bits = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
answers = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
perceptron = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
xor = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
lenet = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
)  # fmt: skip
entropy = nn.CrossEntropyLoss()
print(
    json.dumps(
        {
            **timed("softmax regression 784-10", step(nn.Linear(784, 10), entropy, features, labels)),
            **timed("perceptron 784-256-128-10", step(perceptron, entropy, features, labels)),
            **timed("XOR 2-8-1", step(xor, nn.BCEWithLogitsLoss(), bits, answers)),
            **timed("gradient of 100 RK4 steps", pendulum(100)),
            **timed("LeNet-5", step(lenet, entropy, images, classes)),
        }
    )
)
