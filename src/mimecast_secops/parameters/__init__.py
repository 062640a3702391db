"""Parameter declarations: the single source for forms, CLI options and docs.

A record of parameters is a frozen dataclass whose fields are declared with `text`, `flag`, `choice`, …. Each function
returns a dataclass field, but is typed as the value of that field, as `dataclasses.field` is: a type checker rejects
`count: int = text(…)`. From one declaration come the typed values that the code uses (`parse`), the definitions of the
platform, the options of the command line and the reference pages (`declared`).

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Parameters:
        message_id: str = text("Message ID", "The message to release.", mandatory=True)
        to_sandbox: bool = flag("Release To Sandbox", "…", default=False)

    values, notes = parse(Parameters, {"Message ID": " abc ", "Release To Sandbox": "TRUE"})
"""

from mimecast_secops.parameters.declaration import (
    InvalidParameter,
    Kind,
    Parameter,
    address,
    checked,
    choice,
    choices,
    declared,
    flag,
    integer,
    items,
    secret,
    split,
    text,
    time,
)
from mimecast_secops.parameters.values import (
    check_value,
    parse,
    read_time,
    refused,
    shortened,
    unexpanded,
)

__all__ = [
    "InvalidParameter",
    "Kind",
    "Parameter",
    "address",
    "check_value",
    "checked",
    "choice",
    "choices",
    "declared",
    "flag",
    "integer",
    "items",
    "parse",
    "read_time",
    "refused",
    "secret",
    "shortened",
    "split",
    "text",
    "time",
    "unexpanded",
]
