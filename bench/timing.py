"""How long calls take on one thread of PyTorch, and its training step."""

import time

import torch

torch.set_num_threads(1)
torch.manual_seed(0)

SECONDS = 0.8


def timed(name, run):
    def until(end, samples, calls):
        while time.perf_counter() < end:
            start = time.perf_counter()
            for _ in range(calls):
                run()
            samples.append((time.perf_counter() - start) / calls)

    warm = []
    until(time.perf_counter() + SECONDS, warm, 1)
    samples = []
    until(time.perf_counter() + SECONDS, samples, max(1, round(0.002 / min(warm))))
    samples.sort()
    return {name: samples[0], f"median {name}": samples[len(samples) // 2]}


def step(model, loss, features, labels, fused=True):
    # the fused form is the fastest of Adam's on a CPU
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=fused)

    def run():
        optimizer.zero_grad()
        value = loss(model(features), labels)
        value.backward()
        optimizer.step()
        return value

    return run
