"""Vouchers, token requests and tokens for schemathesis, which cannot guess any.

What the servers are given is good, or wrong in one way, in turn.
"""

import itertools
import secrets

import schemathesis
from hypothesis import strategies as st

from challenges import every_challenge_has_its_form  # noqa: F401, a check is known by being imported
from mint import BATCH, ELSEWHERE, GENERIC, MINT, SINGLE, VERIFIER, VOUCHERS, encode, unknown_voucher


def tokens():
    """Without end: a new token, then one of each kind that is refused."""
    while True:
        good = MINT.token()
        yield good
        yield good
        yield MINT.token()
        yield good[:-1] + bytes([good[-1] ^ 1])
        yield good[:66] + secrets.token_bytes(32) + good[98:]
        yield ELSEWHERE.token()
        yield b"\x00\x03" + good[2:]
        yield good[:-1]


TOKENS = tokens()


@schemathesis.auth(refresh_interval=None).apply_to(path=["/redeem", "/verify", "/revocations/tokens"])
class TokenInHeader:
    def get(self, case, context):
        return f'PrivateToken token="{encode(next(TOKENS))}"'

    def set(self, case, data, context):
        case.headers["Authorization"] = data


@schemathesis.auth(refresh_interval=None).apply_to(path="/token-request")
class VoucherInHeader:
    vouchers = itertools.cycle([VOUCHERS[0]] * 5 + VOUCHERS[1:] + [unknown_voucher(), "vch_"])

    def get(self, case, context):
        return f"Bearer {next(self.vouchers)}"

    def set(self, case, data, context):
        case.headers["Authorization"] = data


def damaged(messages):
    """Messages, and with each third of them something that is nearly one, or far too much."""
    place = st.integers(0, 34)
    return st.one_of(
        messages, messages, messages, messages, messages, messages,
        st.builds(lambda message, at: message[:at], messages, place),
        st.builds(lambda message, at: message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :], messages, place),
        st.just(bytes(3208)))


schemathesis.openapi.media_type(SINGLE, damaged(st.builds(MINT.single_request)))
schemathesis.openapi.media_type(BATCH, damaged(st.integers(1, 100).map(lambda count: MINT.request(count)[0])))
schemathesis.openapi.media_type(
    GENERIC, damaged(st.builds(MINT.generic_request, st.integers(1, 100), unknown=st.sampled_from([0, 0, 1]))))


@schemathesis.hook.apply_to(path="/redeem/batch")
def map_body(context, body):
    """Puts real tokens into every other place of a batch."""
    if isinstance(body, list):
        for item in body[:40:2]:
            if isinstance(item, dict) and isinstance(item.get("token"), str):
                item["token"] = encode(next(TOKENS))
    return body


@schemathesis.serializer("application/jose")
def write_text(context, value):
    return value.encode("latin-1", "replace") if isinstance(value, str) else str(value).encode()


@schemathesis.hook.apply_to(path=["/verifiers/{id}/keys", "/verifiers/{id}/counts"])
def map_path_parameters(context, path_parameters):
    """Asks for the server that there is, in three of four cases."""
    if path_parameters and secrets.randbelow(4):
        return {**path_parameters, "id": VERIFIER}
    return path_parameters


@schemathesis.hook
def before_add_examples(context, examples):
    """Adds what is too large to be drawn."""
    operation = context.operation
    if operation.label == "POST /redeem/batch":
        for body in [[{"token": "AAUA"}] * 1001, [{"token": "A" * 1024 * 1024}]]:
            examples.append(operation.Case(body=body, media_type="application/json"))
    if operation.method == "get":
        values = {"id": VERIFIER, "key": MINT.key_id().hex(), "level": "entries", "place": "000"}
        named = {name: value for name, value in values.items() if "{" + name + "}" in operation.path}
        parameters = {"path_parameters": named} if named else {}
        examples.append(operation.Case(headers={"If-None-Match": "*"}, **parameters))
        examples.append(operation.Case(headers={"X-Large": "a" * 33 * 1024}, **parameters))


# How the answers are read, and what the document cannot say of them.


@schemathesis.deserializer("application/private-token-issuer-directory")
def read_directory(context, response):
    return response.json()


@schemathesis.deserializer("application/jose", "application/private-token-response",
                           "application/private-token-amortized-batch-response",
                           "application/private-token-generic-batch-response", "application/octet-stream",
                           "application/vnd.portes.spent-filter")
def read_text(context, response):
    return response.content.decode("latin-1")


def size_of_size(message):
    """How many bytes the variable-size integer has that a message begins with."""
    return 1 << (message[0] >> 6)


def places(content):
    """How many places a GenericBatchTokenResponse has: a byte for each, and type, element and proof where it is 1."""
    at, count = size_of_size(content), 0
    while at < len(content):
        at += 1 + 2 + 96 if content[at] else 1
        count += 1
    assert at == len(content), "not a whole number of answers"
    return count


@schemathesis.check
def answer_has_the_form_of_the_request(ctx, response, case):
    """A TokenResponse answers a TokenRequest, and of a batch there are as many elements as were sent."""
    if case.operation.label != "POST /token-request" or response.status_code not in (200, 206):
        return
    sent, elements = response.request.body, response.content[:-64]
    form = response.request.headers["Content-Type"]
    batch = form == BATCH
    assert response.headers["content-type"] == [form.replace("request", "response")]
    if form == GENERIC:
        assert places(response.content) == (len(sent) - size_of_size(sent)) / 35, "another number of places"
        return
    assert response.status_code == 200, "only generic batches are answered in part"
    assert len(elements) == len(sent) - 3, "another number of elements"
    assert not batch or elements[:2] == sent[3:5] or len(sent) == 36, "another length"
