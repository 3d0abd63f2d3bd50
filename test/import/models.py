"""Small models of PyTorch as ONNX files, with inputs, outputs and gradients: test/import/models.json.

python3 test/import/models.py [file]   (torch 2.13.0, onnx 1.23.2 and onnxscript, in an environment outside of the repository)

Each model is exported by one of the two exporters or by both. The gradient is that of the mean of the squares of the outputs,
for the parameters that keep their names and values in the file. Exporters give equal constants one name, so parameters that
begin as zeros or ones are drawn here.
"""

import base64
import io
import json
import logging
import os
import sys
import warnings

import onnx
import torch
from torch import nn

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 6), nn.PReLU(6), nn.Dropout(0.5), nn.Linear(6, 3))

    def forward(self, x):
        return torch.log_softmax(self.layers(x), -1)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, stride=2, padding=1, groups=2)
        self.bn2 = nn.BatchNorm2d(4)
        self.fc = nn.Linear(36, 3)
        for bn in (self.bn1, self.bn2):
            nn.init.uniform_(bn.running_mean, -0.2, 0.2)
            nn.init.uniform_(bn.running_var, 0.5, 1.5)
            nn.init.uniform_(bn.weight, 0.5, 1.5)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = nn.functional.max_pool2d(x, 3, stride=2, padding=1)
        x = nn.functional.hardswish(self.bn2(self.conv2(x)))
        x = nn.functional.avg_pool2d(x, 2, stride=1, padding=1, count_include_pad=False)
        return self.fc(torch.flatten(x, 1))


class Residual(nn.Module):
    """A block of a residual network, with an average over the image."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 3, 3, padding=1)
        self.norm = nn.GroupNorm(2, 4)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        y = self.conv2(nn.functional.silu(self.norm(self.conv1(x))))
        return self.head((x + y).mean((2, 3)))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 3, 4, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(3, 1, 4, stride=2, padding=1)
        self.smooth = nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect")

    def forward(self, x):
        y = self.up(nn.functional.leaky_relu(self.down(x), 0.2))
        y = nn.functional.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        y = nn.functional.avg_pool2d(self.smooth(y), 2)
        return torch.sigmoid(y)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.positions = nn.Parameter(torch.randn(5, 8) * 0.1)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", norm_first=True)
        self.head = nn.Linear(8, 11)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions[: tokens.shape[1]]
        mask = torch.triu(torch.full((tokens.shape[1], tokens.shape[1]), float("-inf")), 1)
        return self.head(self.block(x, src_mask=mask))


class Generative(nn.Module):
    """A block of GPT, by hand: causal attention of two heads, a tied head."""

    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(11, 8)
        self.wpe = nn.Embedding(6, 8)
        self.ln1, self.ln2 = nn.LayerNorm(8), nn.LayerNorm(8)
        self.qkv, self.proj = nn.Linear(8, 24), nn.Linear(8, 8)
        self.up, self.down = nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, tokens):
        n, t = tokens.shape
        x = self.wte(tokens) + self.wpe(torch.arange(t))
        q, k, v = (z.view(n, t, 2, 4).transpose(1, 2) for z in self.qkv(self.ln1(x)).split(8, -1))
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(n, t, 8))
        x = x + self.down(nn.functional.gelu(self.up(self.ln2(x)), approximate="tanh"))
        return torch.einsum("ntd,vd->ntv", x, self.wte.weight)


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.rnn = kind(3, 4, num_layers=2, bidirectional=kind is nn.GRU, batch_first=True)
        self.head = nn.Linear(8 if kind is nn.GRU else 4, 2)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.head(y[:, -1])


class Branching(nn.Module):
    """A choice and a loop on values, which stay in the file."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(3, 3) * 0.5)

    def forward(self, x):
        if bool(x.sum() > 0):
            y = torch.tanh(x @ self.w)
        else:
            y = x * 2.0
        for _ in range(x.shape[0]):
            y = torch.sin(y @ self.w) + x
        return y


class Indexing(nn.Module):
    """What masks, positions and the picking of elements become."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(6, 4))

    def forward(self, x, places):
        y = torch.gather(x, 1, places)
        z = self.table[places] * torch.nn.functional.one_hot(places % 4, 4).to(x.dtype)
        best, where = torch.topk(x, 2, dim=1)
        folded = torch.zeros_like(x).scatter_add(1, places, y)
        masked = torch.where(x > 0, x, x.cumsum(1)).masked_fill(places == 1, -1.0)
        return z.sum(-1) + folded, best * where.to(x.dtype), torch.tril(masked.flip(1)) + masked.amax(1, keepdim=True)


def models():
    image = torch.randn(2, 1, 8, 8)
    tokens = torch.randint(0, 11, (2, 5))
    sequence = torch.randn(2, 5, 3)
    places = torch.tensor([[2, 0, 1], [1, 1, 0], [0, 2, 2]])
    yield "perceptron", Perceptron(), (torch.randn(5, 4),), ("dynamo", "script"), True
    yield "convolutional", Convolutional(), (image,), ("dynamo", "script"), True
    yield "residual", Residual(), (torch.randn(2, 3, 6, 6),), ("dynamo", "script"), True
    yield "autoencoder", Autoencoder(), (image,), ("dynamo", "script"), False
    yield "transformer", Transformer(), (tokens,), ("script",), False
    yield "generative", Generative(), (tokens,), ("dynamo",), True
    yield "lstm", Recurrent(nn.LSTM), (sequence,), ("dynamo", "script"), False
    yield "gru", Recurrent(nn.GRU), (sequence,), ("dynamo", "script"), False
    yield "rnn", Recurrent(nn.RNN), (sequence,), ("script",), False
    yield "branching", torch.jit.script(Branching()), (torch.randn(3, 3),), ("script",), False
    yield "indexing", Indexing(), (torch.randn(3, 3), places), ("dynamo", "script"), False


def exported(model, args, exporter, any_batch):
    names = [f"x{i}" for i in range(len(args))]
    target = io.BytesIO()
    if exporter == "dynamo":
        batch = torch.export.Dim("batch") if any_batch else None
        shapes = tuple({0: batch} for _ in args) if any_batch else None
        program = torch.onnx.export(model, args, dynamo=True, input_names=names, dynamic_shapes=shapes, verbose=False)
        program.save(target)
    else:
        axes = {name: {0: "batch"} for name in names} if any_batch else None
        torch.onnx.export(model, args, target, dynamo=False, input_names=names, dynamic_axes=axes, opset_version=17)
    # Without notes on where in the Python source a node comes from.
    found = onnx.load_from_string(target.getvalue())
    found.ClearField("metadata_props")
    graph = found.graph
    for part in [graph, *graph.node, *graph.input, *graph.output, *graph.initializer]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    graph.ClearField("value_info")
    return found.SerializeToString()


def encoded(x):
    x = x.detach()
    kind = {torch.float32: "float32", torch.int64: "int64", torch.bool: "bool"}[x.dtype]
    return {"type": kind, "shape": list(x.shape), "values": [float(f"{v:.8g}") if kind == "float32" else int(v) for v in x.flatten().tolist()]}


def main():
    torch.manual_seed(0)
    cases = []
    for name, model, args, exporters, any_batch in models():
        model.eval()
        with torch.no_grad():
            for p in model.parameters():
                if p.numel() > 1 and bool((p == p.flatten()[0]).all()):
                    p.copy_(p.flatten()[0] + 0.2 * torch.randn_like(p))
        outputs = model(*args)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        loss = sum((y.float() ** 2).mean() for y in outputs)
        loss.backward()
        gradients = {path: p.grad for path, p in model.named_parameters() if p.grad is not None}
        for exporter in exporters:
            try:
                source = exported(model, args, exporter, any_batch)
            except Exception as error:
                print(name, exporter, "is not exported:", str(error).splitlines()[0], file=sys.stderr)
                continue
            own = {path: p.detach().numpy() for path, p in model.named_parameters()}
            found = {init.name: onnx.numpy_helper.to_array(init) for init in onnx.load_from_string(source).graph.initializer}
            kept = {name for name, value in found.items() if name in own and (own[name].shape == value.shape) and (own[name] == value).all()}
            cases.append({
                "name": f"{name}, {exporter}",
                "anyBatch": any_batch,
                "model": base64.b64encode(source).decode(),
                "inputs": [encoded(x) for x in args],
                "outputs": [encoded(y) for y in outputs],
                "gradient": {path: encoded(g) for path, g in gradients.items() if path in kept},
            })
            print(name, exporter, len(source), len(cases[-1]["gradient"]), file=sys.stderr)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "models.json")
    with open(target, "w") as file:
        json.dump({"torch": torch.__version__.split("+")[0], "cases": cases}, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
