"""Every action and the connector under every reading of an open fact, on both API versions."""
