"""Vouchers, token requests and tokens for the checks of the OpenAPI document.

They are made with the package voprf (RFC 9497 in Rust) and the layouts of RFC 9577, RFC 9578 and the batched tokens
draft.
"""

import base64
import hashlib
import os
import re
import secrets

import requests
from voprf import ristretto

ISSUER, ORIGIN = os.environ["OPENAPI_ISSUER"], os.environ["OPENAPI_ORIGIN"]
VOUCHERS = os.environ["OPENAPI_VOUCHERS"].split()
VERIFIER = os.environ["OPENAPI_VERIFIER"]
TOKEN_TYPE = b"\x00\x05"
SINGLE = "application/private-token-request"
BATCH = "application/private-token-amortized-batch-request"
GENERIC = "application/private-token-generic-batch-request"


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

    def generic_request(self, count, unknown=0):
        """A GenericBatchTokenRequest of as many TokenRequests, and some under a key that there is not."""
        requests = [self.single_request() for _ in range(count)]
        requests += [each[:2] + bytes([each[2] ^ 1]) + each[3:] for each in (self.single_request() for _ in range(unknown))]
        return size(sum(map(len, requests))) + b"".join(requests)

    def head(self):
        return TOKEN_TYPE + hashlib.sha256(self.key).digest()[-1:]

    def key_id(self):
        return hashlib.sha256(self.key).digest()

    def token(self):
        """A token that nobody has seen."""
        if not self.tokens:
            body, inputs, clients = self.request(100)
            headers = {"Content-Type": BATCH, "Authorization": f"Bearer {VOUCHERS[0]}"}
            answer = requests.post(f"{ISSUER}/token-request", body, headers=headers, timeout=60)
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
    """The challenge and the key of the capability `session` that the clearing server asks for."""
    directory = requests.get(f"{ISSUER}/.well-known/private-token-issuer-directory", timeout=60).json()
    keys = [decode(each["token-key"]) for each in directory["token-keys"] if each.get("capability") == "session"]
    field = requests.post(f"{ORIGIN}/redeem", timeout=60).headers["WWW-Authenticate"]
    pairs = re.findall('challenge="([^"]*)", token-key="([^"]*)"', field)
    return next([decode(each) for each in pair] for pair in pairs if decode(pair[1]) in keys)


MINT = Mint(*asked())
ELSEWHERE = Mint(MINT.challenge[:-1] + b"x", MINT.key)


def unknown_voucher():
    """A voucher of the right form that nobody has made."""
    secret = secrets.token_bytes(20)
    checksum = hashlib.blake2b(b"portes voucher checksum v1\n" + secret, digest_size=32).digest()[:5]
    return "vch_" + base64.b32encode(secret + checksum).decode().lower()
