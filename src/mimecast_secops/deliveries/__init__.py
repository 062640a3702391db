"""Deliveries: where the connector sends alerts. Each module has one implementation of `ingest.Delivery`."""
