"""Authentication, rate limits and permissions: the checks before an endpoint is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mimecast_secops.simulator.http import policies, unvalidated
from mimecast_secops.simulator.http.limits import RateLimits
from mimecast_secops.simulator.http.login import Tokens
from mimecast_secops.simulator.http.requests import ApiRequest, read_body
from mimecast_secops.simulator.http.responses import ApiResponse, error, failure, gateway_failure, json_response
from mimecast_secops.simulator.http.routes import BY_PATH, REST_POLICIES, TOKEN, Endpoint
from mimecast_secops.simulator.http.signatures import Signatures
from mimecast_secops.simulator.tenant import rights
from mimecast_secops.simulator.tenant.tenant import Tenant

_NOT_IN_PRODUCTS: Final = "Resource or method requested does not exist in any product assigned to the application."
_WITHOUT_AUTHENTICATION: Final = frozenset({"/api/login/discover-authentication"})


class Middleware:
    """Authenticates requests, counts them, checks permissions, and calls the handler of the endpoint."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.tokens = Tokens()
        self.signatures = Signatures()
        self.limits = RateLimits()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes, base: str) -> ApiResponse:
        """The response to a request. Header names are in lowercase; `base` is the base URL of this server."""
        if self.tenant.quirks.redirect_to:
            return ApiResponse(302, headers={"Location": self.tenant.quirks.redirect_to + path})
        if path == TOKEN:
            return self.tokens.issue(self.tenant, body) if method == "POST" else _method_not_allowed()
        version = version_of(headers)
        response = None if path in _WITHOUT_AUTHENTICATION else self._authenticate(version, path, headers)
        if response is not None:
            return response
        response, rate_headers = self.limits.check(
            self.tenant.quirks, path, version, self.tenant.clock.now().timestamp()
        )
        if response is None:
            response = self._dispatch(version, method, path, body, base)
        response.headers |= rate_headers
        return response

    def _authenticate(self, version: int, path: str, headers: Mapping[str, str]) -> ApiResponse | None:
        if version == 1:
            return self.signatures.check(self.tenant, path, headers)
        return self.tokens.check(self.tenant, headers.get("authorization", ""))

    def _dispatch(self, version: int, method: str, path: str, body: bytes, base: str) -> ApiResponse:
        if path.startswith(REST_POLICIES):
            return self._dispatch_rest(version, method, path, body, base)
        endpoint = BY_PATH.get(path)
        if endpoint is None or not self._is_available(endpoint, version):
            return _path_not_found(version)
        if method != endpoint.method:
            return _method_not_allowed()
        if forbidden := self._check_permission(endpoint.permission, endpoint.product, version):
            return forbidden
        content = read_body(body, version)
        if content is None:
            return failure([error("err_bad_request", "The request is not valid JSON")], status=400)
        request = ApiRequest(self.tenant, version, content, base)
        if self.tenant.quirks.validates_nothing and (accepted := unvalidated.accept(request, path)):
            return accepted
        return _check_members(request, endpoint) or endpoint.handler(request)

    def _dispatch_rest(self, version: int, method: str, path: str, body: bytes, base: str) -> ApiResponse:
        policy_id = path.removeprefix(REST_POLICIES).strip("/")
        if version != 2 or "/" in policy_id:
            return _path_not_found(version)
        if method not in (("GET", "PATCH", "DELETE") if policy_id else ("GET", "POST")):
            return _method_not_allowed()
        permission = rights.POLICIES_READ if method == "GET" else rights.POLICIES_EDIT
        if forbidden := self._check_permission(permission, rights.CLOUD_GATEWAY, version):
            return forbidden
        content = read_body(body, version)
        if content is None:
            return gateway_failure(400, "validation_error", "The request is not valid JSON")
        if self.tenant.quirks.validates_nothing and method != "GET":
            return self._write_unvalidated(ApiRequest(self.tenant, version, content, base, policy_id), method)
        return policies.rest(ApiRequest(self.tenant, version, content, base, policy_id), method)

    def _write_unvalidated(self, request: ApiRequest, method: str) -> ApiResponse:
        """The response of the REST endpoints that write, on a tenant that validates nothing."""
        if method == "POST":
            return json_response(unvalidated.create(request, request.body))
        if method == "DELETE":
            self.tenant.policies.pop(request.policy_id, None)
        return ApiResponse(204)

    def _is_available(self, endpoint: Endpoint, version: int) -> bool:
        if version not in endpoint.versions:
            return False
        needs_quirk = endpoint.quirk and version in endpoint.quirk_versions
        return not needs_quirk or bool(getattr(self.tenant.quirks, endpoint.quirk))

    def _check_permission(self, permission: str, product: str, version: int) -> ApiResponse | None:
        tenant = self.tenant
        if version == 2 and product and product not in tenant.application.products:
            return gateway_failure(403, "app_forbidden", _NOT_IN_PRODUCTS)
        granted = tenant.keys.permissions if version == 1 else tenant.application.permissions
        if permission and permission not in granted:
            code, text = "err_xdk_operation_forbidden_for_address", "0003 Forbidden To Perform Operation For Address"
            status = tenant.quirks.forbidden_status
            return failure([error(code, text)], status=status, meta_status=403)
        return None


def version_of(headers: Mapping[str, str]) -> int:
    """The API version: 1 for a signed request, else 2."""
    return 1 if "x-mc-app-id" in headers or headers.get("authorization", "").startswith("MC ") else 2


def _path_not_found(version: int) -> ApiResponse:
    if version == 2:
        return gateway_failure(403, "app_forbidden", _NOT_IN_PRODUCTS)
    return failure([], status=404)


def _method_not_allowed() -> ApiResponse:
    return failure([], status=405)


def _check_members(request: ApiRequest, endpoint: Endpoint) -> ApiResponse | None:
    if not request.tenant.quirks.strict_members or not endpoint.members:
        return None
    for item in request.items:
        for name in item:
            if name not in endpoint.members:
                return failure([error("err_validation_unknown_member", "Unknown member", name)], key=item)
    return None
