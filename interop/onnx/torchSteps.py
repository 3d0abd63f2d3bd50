"""The processor's time of a training step of PyTorch, eager, on one thread, in milliseconds: torchSteps.py perceptron|convolutional rounds."""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)


def perceptron():
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    return model, torch.rand(128, 784), torch.randint(0, 10, (128,))


def convolutional():
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(1568, 10),
    )
    return model, torch.rand(64, 1, 28, 28), torch.randint(0, 10, (64,))


model, features, labels = {"perceptron": perceptron, "convolutional": convolutional}[sys.argv[1]]()
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
best = float("inf")


def step():
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(features), labels).backward()
    optimizer.step()


step()
best = float("inf")
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    for _ in range(10):
        step()
    best = min(best, (time.process_time() - start) / 10)
print(best * 1e3)
