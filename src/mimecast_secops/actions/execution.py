"""Execution of an action: raw parameter values in, a result out, whatever happens in between."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.api.secrets import scrub
from mimecast_secops.parameters import InvalidParameter, parse
from mimecast_secops.sentences import Mention, Sentence, continued, joined, sentence, sentence_of

_LOG: Final = logging.getLogger("mimecast_secops.actions")


def execute(action: Action, raw: Mapping[str, object], connect: Callable[[], Context]) -> Result:
    """Execute an action. Never raises an exception.

    Args:
        action: the action to execute.
        raw: parameter name → value, as a form, a playbook or a command line sends it.
        connect: creates the context. It is called only if all parameters are valid, so that invalid input never
            reaches Mimecast. May raise `MimecastError`.

    Returns:
        The result. A failure has a message that tells the user what to do. An unexpected error is logged with a
        reference, and the message names the reference.
    """
    try:
        values, notes = parse(action.parameters, raw)
        action.check(values)
        for note in notes:
            _LOG.warning("%s", note)
        return action.run(connect(), values)
    except (InvalidParameter, ActionFailed, MimecastError) as error:
        return _failed(action, error, sentence_of(error), getattr(error, "json_result", None))
    except Exception as error:  # noqa: BLE001 -- a playbook must get a result
        reference = secrets.token_hex(4)
        _LOG.exception("Unexpected error, reference %s", reference)
        reason = f"Unexpected error ({type(error).__name__}). See the log, reference {reference}."
        return _failed(action, error, joined([reason]), None)


def _failed(action: Action, error: Exception, reason: Sentence, json_result: object) -> Result:
    clean = joined(part if isinstance(part, Mention) else scrub(part) for part in reason.parts)
    if not action.failure.partition("{error}")[0].endswith((". ", ": ")):
        clean = continued(clean)
    message = sentence(action.failure, action=action.name, error=clean)
    partial = getattr(error, "partial", False)
    return Result(
        message=str(message),
        is_success=False,
        json_result=json_result,
        error=error,
        partial=partial,
        sentence=message,
    )
