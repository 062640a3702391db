"""Builds the integration for Google SecOps from the declarations of actions and settings."""
