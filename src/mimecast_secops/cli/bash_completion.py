"""Completion for bash."""

from __future__ import annotations

import shlex

from click.shell_completion import BashComplete, CompletionItem


class QuotingBashComplete(BashComplete):
    """Completion for bash that quotes values with spaces, such as `Last Hour`. The other shells do this themselves."""

    def format_completion(self, item: CompletionItem) -> str:
        """The line that the script reads."""
        value = shlex.quote(item.value) if item.type == "plain" and item.value else item.value
        return f"{item.type},{value}"
