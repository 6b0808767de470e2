"""`ivr lsp`: the language server of flows, for text editors: findings, cures, hover, go to definition, rename."""

from __future__ import annotations

import click


@click.command(short_help="Serve text editors: findings, hover, go to, rename (language server).")
def command() -> None:
    """Serve a text editor over stdin and stdout by the Language Server Protocol. The editor starts it by itself.

    \b
    Example (the command that an editor is told, here Neovim):
      ivr lsp
      vim.lsp.start({name = "ivr", cmd = {"ivr", "lsp"}, root_dir = vim.fn.getcwd()})

    While a flow is written, its findings are those of `ivr check`, with their cures; hover tells what callers hear at a
    step; go to definition and find references follow the names of steps, values and flows; rename renames everywhere.
    With IVR_LANG=zh findings are in Chinese.
    """  # noqa: D301
    from ._language_server import make_server

    make_server().start_io()
