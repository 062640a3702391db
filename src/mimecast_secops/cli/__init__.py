"""The command line and the service."""
