"""Vouchers, token requests and tokens for schemathesis, which cannot guess any.

They are made with the package voprf (RFC 9497 in Rust) and the layouts of RFC 9577, RFC 9578 and the batched tokens
draft. What the servers are given is good, or wrong in one way, in turn, so that each outcome is seen.
"""

import base64
import hashlib
import itertools
import os
import re
import secrets

import requests
import schemathesis
from hypothesis import strategies as st
from voprf import ristretto

ISSUER, ORIGIN = os.environ["OPENAPI_ISSUER"], os.environ["OPENAPI_ORIGIN"]
VOUCHERS = os.environ["OPENAPI_VOUCHERS"].split()
VERIFIER = os.environ["OPENAPI_VERIFIER"]
TOKEN_TYPE = b"\x00\x05"
SINGLE = "application/private-token-request"
BATCH = "application/private-token-amortized-batch-request"


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(value):
    return base64.urlsafe_b64encode(value).decode()


class Mint:
    """The tokens of one challenge, fetched a hundred at a time."""

    def __init__(self, challenge, key):
        self.challenge, self.key, self.tokens = challenge, key, []

    def request(self, count):
        """An AmortizedBatchTokenRequest, with the inputs and clients that its answer needs."""
        fixed = hashlib.sha256(self.challenge).digest() + hashlib.sha256(self.key).digest()
        inputs = [TOKEN_TYPE + secrets.token_bytes(32) + fixed for _ in range(count)]
        clients, blinded = zip(*(ristretto.Client.blind(each) for each in inputs))
        elements = b"".join(element.serialize() for element in blinded)
        return self.head() + size(len(elements)) + elements, inputs, clients

    def single_request(self):
        """A TokenRequest."""
        return self.head() + ristretto.Client.blind(secrets.token_bytes(98))[1].serialize()

    def head(self):
        return TOKEN_TYPE + hashlib.sha256(self.key).digest()[-1:]

    def token(self):
        """A token that nobody has seen."""
        if not self.tokens:
            body, inputs, clients = self.request(100)
            headers = {"Content-Type": BATCH, "Authorization": f"Bearer {VOUCHERS[0]}"}
            answer = requests.post(f"{ISSUER}/token-request", body, headers=headers, timeout=5)
            answer.raise_for_status()
            evaluation = answer.content[len(size(3200)) :]
            output = ristretto.VerifiableBatchOutput.deserialize(evaluation[-64:] + evaluation[:-64])
            outputs = ristretto.Client.finalize_batch(list(clients), output, ristretto.PublicKey.deserialize(self.key))
            self.tokens = [each + output for each, output in zip(inputs, outputs)]
        return self.tokens.pop()


def size(value):
    """The variable-size integer of RFC 9000, section 16."""
    return bytes([value]) if value < 64 else (value | 1 << 14).to_bytes(2, "big")


def asked():
    """The challenge and the key that the clearing server asks for."""
    field = requests.post(f"{ORIGIN}/redeem", timeout=5).headers["WWW-Authenticate"]
    return [decode(value) for value in re.findall('(?:challenge|token-key)="([^"]*)"', field)[:2]]


MINT = Mint(*asked())
ELSEWHERE = Mint(MINT.challenge[:-1] + b"x", MINT.key)


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
        yield b"\x00\x02" + good[2:]
        yield good[:-1]


TOKENS = tokens()


def unknown_voucher():
    """A voucher of the right form that nobody has made."""
    secret = secrets.token_bytes(20)
    checksum = hashlib.blake2b(b"portes voucher checksum v1\n" + secret, digest_size=32).digest()[:5]
    return "vch_" + base64.b32encode(secret + checksum).decode().lower()


@schemathesis.auth(refresh_interval=None).apply_to(path=["/redeem", "/verify"])
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


@schemathesis.hook.apply_to(path="/redeem/batch")
def map_body(context, body):
    """Puts real tokens into every other place of a batch."""
    if isinstance(body, list):
        for item in body[:40:2]:
            if isinstance(item, dict) and isinstance(item.get("token"), str):
                item["token"] = encode(next(TOKENS))
    return body


@schemathesis.hook.apply_to(path="/verifiers/{id}/keys")
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
        parameters = {"path_parameters": {"id": VERIFIER}} if "{id}" in operation.path else {}
        examples.append(operation.Case(headers={"If-None-Match": "*"}, **parameters))
        examples.append(operation.Case(headers={"X-Large": "a" * 33 * 1024}, **parameters))


# How the answers are read, and what the document cannot say of them.


@schemathesis.deserializer("application/private-token-issuer-directory")
def read_directory(context, response):
    return response.json()


@schemathesis.deserializer("application/jose", "application/private-token-response",
                           "application/private-token-amortized-batch-response")
def read_text(context, response):
    return response.content.decode("latin-1")


@schemathesis.check
def answer_has_the_form_of_the_request(ctx, response, case):
    """A TokenResponse answers a TokenRequest, and of a batch there are as many elements as were sent."""
    if case.operation.label != "POST /token-request" or response.status_code != 200:
        return
    sent, elements = response.request.body, response.content[:-64]
    batch = response.request.headers["Content-Type"] == BATCH
    assert response.headers["content-type"] == [(BATCH if batch else SINGLE).replace("request", "response")]
    assert len(elements) == len(sent) - 3, "another number of elements"
    assert not batch or elements[:2] == sent[3:5] or len(sent) == 36, "another length"


@schemathesis.hook
def after_call(context, case, response):
    """Notes what was seen, for Scripts/check-openapi."""
    with open(os.environ["OPENAPI_SEEN"], "a") as seen:
        print(response.request.method, case.operation.path, response.status_code, file=seen)
