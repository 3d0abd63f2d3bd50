"""Five iterates of optax's optimizers in float64, on a vector and a matrix: writes FIXTURE, or oracle.json beside this file.

Needs optax (0.2.8 made the fixture); the names are those of oracle.test.ts.
"""
import json
import os

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import optax

SCALES = jnp.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
START = {"x": jnp.array([1.0, 1.0]), "w": jnp.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.0]])}


def loss(p):
    return 0.5 * (p["x"][0] ** 2 + 10 * p["x"][1] ** 2) + jnp.sum((p["w"] - 1) ** 2 * SCALES)


OPTIMIZERS = {
    "adadelta": optax.adadelta(1.0, rho=0.9, eps=1e-6),
    "lamb": optax.lamb(0.1),
    "lars": optax.lars(0.1, weight_decay=0.01, trust_coefficient=0.001, momentum=0.9),
    "novograd": optax.novograd(0.1, b1=0.9, b2=0.25, eps=1e-6),
    "adafactor": optax.adafactor(0.1, min_dim_size_to_factor=2),
    "rmsprop, centred": optax.rmsprop(0.1, decay=0.9, eps=1e-8, centered=True, momentum=0.9, nesterov=True),
    "adamw": optax.adamw(0.1, weight_decay=0.1),
    "lion": optax.lion(0.1, weight_decay=0.001),
    "adabelief": optax.adabelief(0.1),
    "radam": optax.radam(0.1),
    "nadam": optax.nadam(0.1),
    "amsgrad": optax.amsgrad(0.1),
    "adamax": optax.adamax(0.1),
    "clipByBlockRms": optax.chain(optax.clip_by_block_rms(0.5), optax.sgd(0.1)),
    "clipByGlobalNorm": optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(0.1)),
    "centralize": optax.chain(optax.centralize(), optax.sgd(0.01)),
    "normalizeByUpdateNorm": optax.chain(optax.normalize_by_update_norm(), optax.sgd(0.1)),
    "scaleByTrustRatio": optax.chain(optax.scale_by_trust_ratio(), optax.sgd(0.1)),
    "scaleByParamBlockRms": optax.chain(optax.scale_by_param_block_rms(), optax.sgd(0.01)),
    "ema": optax.chain(optax.ema(0.9), optax.sgd(0.1)),
}


def iterates(optimizer):
    params, state, found = START, optimizer.init(START), []
    for _ in range(5):
        updates, state = optimizer.update(jax.grad(loss)(params), state, params)
        params = optax.apply_updates(params, updates)
        found.append([float(v) for v in jnp.concatenate([params["x"], params["w"].ravel()])])
    return found


if __name__ == "__main__":
    path = os.environ.get("FIXTURE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.json")
    rows = {name: iterates(optimizer) for name, optimizer in OPTIMIZERS.items()}
    with open(path, "w") as file:
        json.dump({"cases": rows}, file)
    print(f"{len(rows)} cases")
