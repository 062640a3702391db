"""The way of an action: raw parameters in, a result out, whatever happens on the way."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.api.secrets import scrub
from mimecast_secops.parameters import InvalidParameter, parse

_LOG: Final = logging.getLogger("mimecast_secops.actions")


def execute(action: Action, raw: Mapping[str, object], connect: Callable[[], Context]) -> Result:
    """Run one action to its end.

    Args:
        action: what to do.
        raw: parameter name → value as a form, a playbook or a command line sent it.
        connect: makes the context; called only once the parameters have been found good, so that bad input never
            reaches Mimecast. May raise `MimecastError`.

    Returns:
        The result; a failure is a result too, with one sentence that a person can act on. Never raises: an error that
        nobody foresaw is logged with a reference, and the message names that reference.
    """
    try:
        values, notes = parse(action.parameters, raw)
        for note in notes:
            _LOG.warning(note)
        return action.run(connect(), values)
    except (InvalidParameter, ActionFailed, MimecastError) as error:
        return _failed(action, error, str(error), getattr(error, "json_result", None))
    except Exception as error:  # noqa: BLE001 -- the last line of defence: a playbook must get an answer
        reference = secrets.token_hex(4)
        _LOG.exception("Unforeseen error, reference %s", reference)
        sentence = f"An unforeseen error occurred ({type(error).__name__}); the log has the details under {reference}."
        return _failed(action, error, sentence, None)


def _failed(action: Action, error: Exception, sentence: str, json_result: object) -> Result:
    message = action.failure.format(action=action.name, error=scrub(sentence))
    partial = getattr(error, "partial", False)
    return Result(message=message, is_success=False, json_result=json_result, error=error, partial=partial)
