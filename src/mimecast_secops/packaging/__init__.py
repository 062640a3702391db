"""Making what Google SecOps installs: everything derived from the declarations of actions and settings."""
