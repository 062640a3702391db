"""Credentials, permissions and products."""

from __future__ import annotations

import base64

from mimecast_secops.connection import ConnectionSettings
from mimecast_secops.parameters import declared
from mimecast_secops.simulator.tenant.rights import PERMISSIONS, PRODUCTS, new_application, new_keys


def test_new_credentials_are_unique_and_have_all_permissions_and_products() -> None:
    keys, application = new_keys(), new_application()
    assert keys.access_key != new_keys().access_key
    assert application.client_secret != new_application().client_secret
    assert keys.permissions == application.permissions == PERMISSIONS
    assert application.products == PRODUCTS
    assert len(base64.b64decode(keys.secret_key, validate=True)) == 64


def test_the_settings_have_the_names_of_the_integration_parameters() -> None:
    names = {parameter.name for parameter in declared(ConnectionSettings)}
    assert names == {*new_keys().settings, *new_application().settings, "API Root", "Verify SSL"}


def test_the_repr_does_not_contain_the_secrets() -> None:
    keys, application = new_keys(), new_application()
    text = repr(keys) + repr(application)
    for secret in (keys.application_key, keys.access_key, keys.secret_key, application.client_secret):
        assert secret not in text
