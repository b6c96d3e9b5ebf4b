"""``pincite``: the command line. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer
from typer.core import TyperGroup

from app.process.beginning import begin_process
from app.terminal import examples
from app.terminal.answers_cli import answers_cli
from app.terminal.errors import clear_errors, warnings_as_lines
from app.terminal.facets_cli import facets_command
from app.terminal.forget_cli import forget_command
from app.terminal.jobs_cli import jobs_cli
from app.terminal.keys_cli import keys_cli
from app.terminal.langgraph_json_cli import langgraph_json_command
from app.terminal.mcp_cli import mcp_command
from app.terminal.online_cli import online_cli
from app.terminal.options import FilterOption, GroupOption, ReadersOption, SitemapOption, SourceOption
from app.terminal.questions_cli import questions_cli
from app.terminal.rebuild_cli import rebuild_command
from app.terminal.receipts_cli import receipts_cli
from app.terminal.replay_cli import replay_command
from app.terminal.sources_cli import sources_cli
from app.terminal.threads_cli import threads_cli
from app.terminal.tools_cli import tools_cli
from app.terminal.usage_cli import usage_command
from app.terminal.version_option import print_version

if TYPE_CHECKING:
    import click

    from app.compose import Pincite
    from app.corpus import Corpus


class _Commands(TyperGroup):
    """Every expected failure of a command is one line on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> None:
        # Here, because Typer has answers of its own to an interrupt and a closed pipe further out.
        with clear_errors():
            begin_process()
            super().invoke(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        local = super().get_command(ctx, cmd_name)
        server = ctx.params.get("server") or os.environ.get("PINCITE_SERVER")
        # Not where help is printed: the options are the same.
        if local is None or not server or ctx.resilient_parsing:
            return local
        from app.terminal.remote.commands import remote_command

        command: click.Command = remote_command(local, cmd_name, server)
        return command


cli = typer.Typer(
    name="pincite",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

cli.add_typer(answers_cli)
cli.add_typer(jobs_cli)
cli.add_typer(sources_cli)
cli.add_typer(threads_cli)
cli.add_typer(questions_cli)
cli.add_typer(tools_cli)
cli.add_typer(keys_cli)
cli.add_typer(receipts_cli)
cli.add_typer(online_cli)


@cli.callback()
def begin(
    server: Annotated[
        str,
        typer.Option("--server", metavar="URL", help="Work against a server; its key is in PINCITE_KEY."),
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Answers over your own documents, each sentence pinned to the exact words that support it."""
    # Read where the command is looked up.
    del server


def main() -> None:
    """Entry point of the ``pincite`` command."""
    cli()


@cli.command(epilog=examples.ADD)
def add(
    places: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Files, folders, or addresses of web pages (https://…)."),
    ] = None,
    sitemap: SitemapOption = None,
    source: SourceOption = None,
    groups: ReadersOption = None,
) -> None:
    """Add files and web pages, or update those that changed. Exit code 1 when one could not be read."""
    from app.terminal.ingestion import run_add

    with _corpus() as corpus:
        raise typer.Exit(run_add(corpus, places or [], sitemap, source, groups))


@cli.command()
def sync(
    source: Annotated[str, typer.Option("--source", help="Name of the source.")],
    path: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(help="The folder the source is made equal to."),
    ] = None,
    sitemap: SitemapOption = None,
    groups: ReadersOption = None,
) -> None:
    """Make a source equal to a folder, or to the pages of a sitemap: add, update and remove.

    Exit code 1 when a file or page could not be read.
    """
    from app.terminal.ingestion import run_sync

    with _corpus() as corpus:
        raise typer.Exit(run_sync(corpus, path, sitemap, source, groups))


@cli.command(epilog=examples.ASK)
def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
    events: Annotated[
        bool, typer.Option("--events", help="Print each event as it happens, one JSON object a line.")
    ] = False,
    group: GroupOption = None,
    filter: FilterOption = None,
    thread: Annotated[str, typer.Option("--thread", help="Continue the conversation of this name.")] = "",
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Use sentences from the documents even if a model is set.")
    ] = False,
    chain: Annotated[
        str, typer.Option("--chain", help="Ask this chain of models, as PINCITE_CHAINS names it.")
    ] = "",
) -> None:
    """Ask a question. Exit code 1 when it was refused or failed; not knowing is an answer."""
    from app.terminal.answers import run_ask

    form: Literal["text", "json", "events"] = "events" if events else "json" if as_json else "text"
    given = sys.stdin.buffer.read() if question == "-" else os.fsencode(question)
    text = given.decode("utf-8", "replace")
    with _opened(extractive) as pincite:
        raise typer.Exit(
            run_ask(pincite, text, form, group or [], filter or [], thread or None, extractive, chain)
        )


@cli.command("list")
def list_documents(
    source: SourceOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    filter: FilterOption = None,
) -> None:
    """List the documents."""
    from app.terminal.documents import run_list

    with _reading() as corpus:
        raise typer.Exit(run_list(corpus, source, as_json, filter or []))


@cli.command()
def remove(
    documents: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Document ids or URIs, as `pincite list` shows them."),
    ] = None,
    source: SourceOption = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete the words for good, from stored answers too.")
    ] = False,
) -> None:
    """Remove documents with all their versions: the named ones, or a whole source.

    Versions that a stored answer cites stay readable for `pincite verify` until none does; not with --forget.
    """
    from app.terminal.removal import run_remove

    with _corpus() as corpus:
        raise typer.Exit(run_remove(corpus, documents or [], source, forget))


cli.command("facets")(facets_command)
cli.command("forget")(forget_command)
cli.command("rebuild")(rebuild_command)
cli.command("usage")(usage_command)
cli.command("replay")(replay_command)
cli.command("mcp")(mcp_command)
cli.command("langgraph-json")(langgraph_json_command)


@cli.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many there are.")] = False,
) -> None:
    """Delete earlier versions of documents that no stored answer cites."""
    from app.terminal.removal import run_prune

    with _corpus() as corpus:
        raise typer.Exit(run_prune(corpus, dry_run))


@cli.command()
def text(
    doc_id: Annotated[str, typer.Argument(help="Document id or URI.")],
    version: Annotated[
        str, typer.Option("--version", help="A stored version; the current one if left out.")
    ] = "",
    hidden: Annotated[
        bool, typer.Option("--hidden", help="What readers of the source do not see, instead of the text.")
    ] = False,
) -> None:
    """Print the stored canonical text, exactly what offsets count into."""
    from app.terminal.documents import run_hidden, run_text

    with _reading() as corpus:
        raise typer.Exit(run_hidden(corpus, doc_id) if hidden else run_text(corpus, doc_id, version or None))


@cli.command()
def show(
    citation: Annotated[str, typer.Argument(help="DOC_ID[@VERSION]:START-END, as `pincite ask` prints it.")],
    context: Annotated[
        int, typer.Option("--context", min=0, help="Characters shown around the words.")
    ] = 300,
) -> None:
    """Show a citation's words in their place."""
    from app.terminal.documents import run_show

    with _reading() as corpus:
        raise typer.Exit(run_show(corpus, citation, context))


@cli.command()
def verify(
    files: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Files with answers as `ask --json` prints them; - is standard input."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Verify all stored answers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Check citations of answers against the documents as they are today.

    Exit code 1 when words were changed or are gone, or a quote was never there; 0 when all stand or moved.
    """
    from app.terminal.verification import run_verify

    with _corpus() as corpus:
        raise typer.Exit(run_verify(corpus, files or [], everything, as_json))


@cli.command()
def doctor() -> None:
    """Say what is configured, missing, and would be contacted. Exit code 1 when something is broken."""
    from app.terminal.doctor import run_doctor

    raise typer.Exit(run_doctor())


@cli.command(epilog=examples.SERVE)
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "",
    port: Annotated[
        Optional[int],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--port", help="Port to listen on; 0 picks a free one."),
    ] = None,
) -> None:
    """Serve the HTTP API; its routes are described at /docs."""
    from app.api.serve import run_serve
    from app.web.pages_beside import make_pages

    raise typer.Exit(run_serve(host or None, port, make_pages()))


def _corpus() -> Corpus:
    from app.corpus import open_corpus

    warnings_as_lines()
    return open_corpus()


@contextmanager
def _reading() -> Iterator[Corpus]:
    """The documents, for a command that changes nothing: the data folder need not be writable."""
    from app.corpus import open_corpus
    from app.settings import load_settings
    from app.terminal.read_only_home import readable_home

    warnings_as_lines()
    with readable_home(load_settings()) as settings, open_corpus(settings) as corpus:
        yield corpus


@contextmanager
def _opened(extractive: bool) -> Iterator[Pincite]:
    from app.compose import open_pincite
    from app.models.chains import without_models
    from app.settings import load_settings
    from app.terminal.read_only_home import readable_home

    warnings_as_lines()
    settings = load_settings()
    asked = without_models(settings) if extractive else settings
    with readable_home(asked) as known, open_pincite(known) as pincite:
        yield pincite


if __name__ == "__main__":
    main()
