"""Deliveries: where the connector sends alerts. Each implements `ingest.Delivery` in a module of its own."""
