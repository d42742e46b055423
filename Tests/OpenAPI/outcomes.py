"""Brings about each outcome that is worth a line in the document, and compares the answer with it.

Nothing is left to chance, as it is when schemathesis draws requests: each case below is made to end as it says.
"""

import secrets
import sys
from pathlib import Path

import schemathesis
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from challenges import NAME, every_challenge_has_its_form, has_token_key
from mint import BATCH, ELSEWHERE, GENERIC, ISSUER, MINT, ORIGIN, SINGLE, VERIFIER, VOUCHERS, encode, unknown_voucher

for media_type in [SINGLE, BATCH, GENERIC]:
    schemathesis.serializer(media_type)(lambda context, value: value)
schemathesis.serializer("application/jose")(lambda context, value: value.encode())
DOCUMENT = schemathesis.openapi.from_path(Path(__file__).parents[2] / "Docs" / "openapi.yaml")
CHECKS = [
    checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance,
    checks.response_schema_conformance, every_challenge_has_its_form,
]
GOOD, FEW, OTHER = VOUCHERS
SPENT = MINT.token()
GIVEN_UP = MINT.token()
BINDING = {"Portes-Binding": encode(bytes(range(16)))}


def bearer(voucher):
    return {"Authorization": f"Bearer {voucher}"}


def token(value):
    return {"Authorization": f'PrivateToken token="{encode(value)}"'}


def item(value, **more):
    return {"token": encode(value), **more}


def forged():
    value = MINT.token()
    return value[:-1] + bytes([value[-1] ^ 1])


def of_unknown_key():
    value = MINT.token()
    return value[:66] + secrets.token_bytes(32) + value[98:]


LARGE = {"headers": {"X-Large": "a" * 33 * 1024}}
KNOWN = {"headers": {"If-None-Match": "*"}}
DIRECTORY = "GET /.well-known/private-token-issuer-directory"
SINGLE_REQUEST = {"body": MINT.single_request(), "media_type": SINGLE}
BATCH_REQUEST = {"body": MINT.request(2)[0], "media_type": BATCH}
RECORD = "application/vnd.portes.recovery-record"
LOOKUP = secrets.token_bytes(32)
schemathesis.serializer(RECORD)(lambda context, value: value)


def record():
    return LOOKUP + MINT.key_id() + secrets.token_bytes(488)


KEPT = {"body": record(), "media_type": RECORD}
DELIVERY = {"path_parameters": {"id": VERIFIER}}

# The operation, the status, the problem if it is one, and the request; in order, as some build on those before.
CASES = [
    (DIRECTORY, 200, None, {}),
    (DIRECTORY, 304, None, KNOWN),
    (DIRECTORY, 431, "header-too-large", LARGE),
    ("POST /token-request", 200, None, {"headers": bearer(GOOD), **SINGLE_REQUEST}),
    ("POST /token-request", 200, None, {"headers": bearer(GOOD), **BATCH_REQUEST}),
    ("POST /token-request", 200, None,
     {"headers": bearer(GOOD), "body": MINT.generic_request(3), "media_type": GENERIC}),
    ("POST /token-request", 206, None,
     {"headers": bearer(GOOD), "body": MINT.generic_request(2, unknown=1), "media_type": GENERIC}),
    ("POST /token-request", 400, "key-unknown",
     {"headers": bearer(GOOD), "body": MINT.generic_request(0, unknown=2), "media_type": GENERIC}),
    ("POST /token-request", 422, "unprocessable-content",
     {"headers": bearer(GOOD), "body": MINT.generic_request(1)[:-1], "media_type": GENERIC}),
    ("POST /token-request", 401, "voucher-required", {"body": MINT.request(2)[0], "media_type": BATCH}),
    ("POST /token-request", 401, "voucher-required",
     {"headers": bearer("vch_"), "body": MINT.request(2)[0], "media_type": BATCH}),
    ("POST /token-request", 401, "voucher-invalid",
     {"headers": bearer(unknown_voucher()), "body": MINT.request(2)[0], "media_type": BATCH}),
    ("POST /token-request", 403, "voucher-exhausted",
     {"headers": bearer(FEW), "body": MINT.request(2)[0], "media_type": BATCH}),
    ("POST /token-request", 403, "voucher-unfit",
     {"headers": bearer(OTHER), "body": MINT.request(2)[0], "media_type": BATCH}),
    ("POST /token-request", 413, "content-too-large",
     {"headers": bearer(GOOD), "body": bytes(3208), "media_type": BATCH}),
    ("POST /token-request", 415, "unsupported-media-type",
     {"headers": {**bearer(GOOD), "Content-Type": "text/plain"}, **SINGLE_REQUEST}),
    ("POST /token-request", 422, "unprocessable-content",
     {"headers": bearer(GOOD), "body": MINT.single_request()[:-1], "media_type": SINGLE}),
    ("POST /token-request/recovery", 200, None, SINGLE_REQUEST),
    ("POST /token-request/recovery", 200, None, BATCH_REQUEST),
    ("POST /token-request/recovery", 404, "request-unknown", {"body": MINT.request(2)[0], "media_type": BATCH}),
    ("POST /token-request/recovery", 415, "unsupported-media-type",
     {"body": MINT.request(2)[0], "media_type": BATCH, "headers": {"Content-Type": "text/plain"}}),
    ("POST /recovery-records", 204, None, {"headers": bearer(GOOD), **KEPT}),
    ("POST /recovery-records", 204, None, {"headers": bearer(GOOD), **KEPT}),
    ("POST /recovery-records", 401, "voucher-required", KEPT),
    ("POST /recovery-records", 403, "voucher-unfit", {"headers": bearer(OTHER), "body": record(), "media_type": RECORD}),
    ("POST /recovery-records", 413, "content-too-large",
     {"headers": bearer(GOOD), "body": bytes(1089), "media_type": RECORD}),
    ("POST /recovery-records", 415, "unsupported-media-type",
     {"body": record(), "media_type": RECORD, "headers": {**bearer(GOOD), "Content-Type": "text/plain"}}),
    ("POST /recovery-records", 422, "unprocessable-content",
     {"headers": bearer(GOOD), "body": bytes(64), "media_type": RECORD}),
    ("POST /recovery-records", 422, "key-unknown",
     {"headers": bearer(GOOD), "body": bytes(65), "media_type": RECORD}),
    ("GET /recovery-records/{key}/{lookup}", 200, None,
     {"path_parameters": {"key": MINT.key_id().hex(), "lookup": LOOKUP.hex()}}),
    ("GET /recovery-records/{key}/{lookup}", 404, "not-found", {"path_parameters": {"key": "x", "lookup": "y"}}),
    ("GET /revocations", 200, None, {"query": {"after": 0}}),
    ("GET /revocations", 304, None, {"query": {"after": 0}, **KNOWN}),
    ("GET /revocations", 400, "bad-request", {"query": {"after": "x"}}),
    ("GET /revocations/head", 200, None, {}),
    ("GET /revocations/head", 304, None, KNOWN),
    ("POST /revocations/tokens", 200, None, {"headers": token(GIVEN_UP)}),
    ("POST /revocations/tokens", 200, None, {"headers": token(GIVEN_UP)}),
    ("POST /revocations/tokens", 401, "token-required", {}),
    ("POST /revocations/tokens", 422, "malformed", {"headers": token(GIVEN_UP[:-1])}),
    ("POST /revocations/tokens", 422, "wrong-token-type", {"headers": token(b"\x00\x03" + GIVEN_UP[2:])}),
    ("POST /revocations/tokens", 422, "unknown-key", {"headers": token(of_unknown_key())}),
    ("POST /revocations/tokens", 422, "bad-authenticator", {"headers": token(forged())}),
    ("GET /log/checkpoint", 200, None, {}),
    ("GET /log/checkpoint", 304, None, KNOWN),
    ("GET /log/key", 200, None, {}),
    ("GET /log/key", 304, None, KNOWN),
    ("GET /log/tile/{level}/{place}", 404, "not-found", {"path_parameters": {"level": "0", "place": "999"}}),
    ("GET /verifiers/{id}/keys", 200, None, DELIVERY),
    ("GET /verifiers/{id}/keys", 304, None, {**DELIVERY, **KNOWN}),
    ("GET /verifiers/{id}/keys", 404, "not-found", {"path_parameters": {"id": "A" * 43}}),
    ("POST /verifiers/{id}/counts", 404, "not-found",
     {"path_parameters": {"id": "A" * 43}, "body": "a.b.c", "media_type": "application/jose"}),
    ("POST /verifiers/{id}/counts", 413, "content-too-large",
     {**DELIVERY, "body": "a" * 2049, "media_type": "application/jose"}),
    ("POST /verifiers/{id}/counts", 415, "unsupported-media-type",
     {**DELIVERY, "body": "a.b.c", "media_type": "application/jose", "headers": {"Content-Type": "text/plain"}}),
    ("POST /verifiers/{id}/counts", 422, "count-invalid",
     {**DELIVERY, "body": "a.b.c", "media_type": "application/jose"}),
    ("POST /redeem", 401, "token-required", {}),
    ("POST /redeem", 400, "bad-binding", {"headers": {**token(SPENT), "Portes-Binding": "AAAA"}}),
    ("POST /redeem", 200, None, {"headers": {**token(SPENT), **BINDING}}),
    ("POST /redeem", 200, None, {"headers": {**token(SPENT), **BINDING}}),
    ("POST /redeem", 409, "already-spent", {"headers": token(SPENT)}),
    ("POST /redeem", 401, "malformed", {"headers": token(SPENT[:-1])}),
    ("POST /redeem", 401, "wrong-token-type", {"headers": token(b"\x00\x03" + SPENT[2:])}),
    ("POST /redeem", 401, "bad-authenticator", {"headers": token(forged())}),
    ("POST /redeem", 401, "unknown-key", {"headers": token(of_unknown_key())}),
    ("POST /redeem", 401, "wrong-challenge", {"headers": token(ELSEWHERE.token())}),
    ("POST /redeem/batch", 200, None,
     {"body": [item(MINT.token()), item(SPENT), item(SPENT, binding=BINDING["Portes-Binding"]), item(forged())]}),
    ("POST /redeem/batch", 400, "bad-request", {"body": [{}]}),
    ("POST /redeem/batch", 400, "bad-binding", {"body": [item(MINT.token(), binding="AAAA")]}),
    ("POST /redeem/batch", 413, "content-too-large", {"body": [{"token": "A" * 1024 * 1024}]}),
    ("POST /redeem/batch", 415, "unsupported-media-type", {"body": [], "headers": {"Content-Type": "text/plain"}}),
    ("POST /redeem/batch", 422, "unprocessable-content", {"body": []}),
    ("POST /redeem/batch", 422, "unprocessable-content", {"body": [{"token": "AAUA"}] * 1001}),
    ("POST /verify", 204, None, {"headers": token(MINT.token())}),
    ("POST /verify", 401, "already-spent", {"headers": token(SPENT)}),
    ("POST /verify", 401, "token-required", {}),
    ("GET /spent/{key}", 200, None, {"path_parameters": {"key": MINT.key_id().hex()}}),
    ("GET /spent/{key}", 304, None, {"path_parameters": {"key": MINT.key_id().hex()}, **KNOWN}),
    ("GET /spent/{key}", 404, "not-found", {"path_parameters": {"key": "0" * 64}}),
    ("GET /what-we-hold", 200, None, {}),
    ("GET /what-we-hold", 200, None, {"headers": {"Accept": "text/html"}}),
    ("GET /what-we-hold", 304, None, KNOWN),
]


def ask(label, request):
    method, path = label.split()
    operation = DOCUMENT[path][method]
    if "body" in request:
        request = {"media_type": "application/json", **request}
    case = operation.Case(**request)
    return case, case.call(base_url=ISSUER if {"authority", "recovery"} & set(operation.tags) else ORIGIN, timeout=60)


def complaint(label, status, problem, request):
    """Why an answer is not as it should be, or None."""
    case, answer = ask(label, request)
    named = answer.json()["type"].split(":")[-1] if answer.status_code >= 400 else None
    if (answer.status_code, named) != (status, problem):
        return f"got {answer.status_code} {named or ''}"
    return difference(case, answer)


def difference(case, answer):
    """Wherein an answer is not as the document says, or None."""
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as failures:
        return "; ".join(" ".join(str(each).split()) for each in failures.exceptions)


def complaint_of_reserved_type():
    """Why a list of challenges with one of a reserved type is not as it should be; one in eight lists has one."""
    for _ in range(400):
        case, answer = ask("POST /redeem", {})
        if not all(map(has_token_key, answer.headers[NAME])):
            return difference(case, answer)
    return "none came"


failures = 0
for label, status, problem, request in CASES:
    reason = complaint(label, status, problem, request)
    if reason:
        failures += 1
        print(f"check-openapi: error: {label} {status} {problem or ''}: {reason}", file=sys.stderr)
print(f"{len(CASES) - failures} of {len(CASES)} outcomes are as the document says")
reason = complaint_of_reserved_type()
if reason:
    failures += 1
    print(f"check-openapi: error: a challenge of a reserved type: {reason}", file=sys.stderr)
sys.exit(failures > 0)
