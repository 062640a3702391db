"""Typed calls that type checkers read and nothing executes."""  # noqa: A005 -- nothing imports it by this name
