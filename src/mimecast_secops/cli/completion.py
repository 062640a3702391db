"""`mimecast-secops completion`: the script that completes commands, options and values in a shell."""

from __future__ import annotations

from typing import Any, Final

import click
from click.shell_completion import get_completion_class

from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.main import COMPLETION_VARIABLE
from mimecast_secops.cli.settings import APPLICATION

_SHELLS: Final = ("bash", "fish", "zsh")


@helpful_command("completion", examples=("completion bash",))
@click.argument("shell", type=click.Choice(_SHELLS))
def _completion(shell: str) -> None:
    """Print the script that completes commands, options and values with the Tab key.

    \b
    bash: echo 'eval "$(mimecast-secops completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(mimecast-secops completion zsh)"' >> ~/.zshrc
    fish: mimecast-secops completion fish \\
            > ~/.config/fish/completions/mimecast-secops.fish

    Open a new terminal afterwards.
    """
    root: Any = click.get_current_context().find_root().command
    completion = get_completion_class(shell)
    if completion is None:
        raise click.BadParameter(shell)
    click.echo(completion(root, {}, APPLICATION, COMPLETION_VARIABLE).source())


COMMAND: Final = _completion
