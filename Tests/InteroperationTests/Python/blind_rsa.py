"""The other side of the tests of token type 0x0002: RFC 9474 on Python's integers, hashes and the package cryptography.

Blinding and unblinding are done here, after the RFC's text; keys are made and read, and signatures verified, by the
package. Asked as peer.py is.
"""

import hashlib
import secrets

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lines import serve

TOKEN_TYPE = b"\x00\x02"
SALT = 48
# SubjectPublicKeyInfo with id-RSASSA-PSS, SHA-384, MGF1 with SHA-384 and salts of 48 bytes (RFC 4055; RFC 9578, section
# 8.2.2), up to the modulus.
SPKI_HEAD = bytes.fromhex(
    "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b"
    "0609608648016503040202a2030201300382010f003082010a0282010100")
SPKI_TAIL = bytes.fromhex("0203010001")
client = None
issuer = None


# The client


def request_token(challenge, token_key):
    """A TokenRequest, for a new input."""
    global client
    numbers = load_der_public_key(token_key).public_numbers()
    key_id = hashlib.sha256(token_key).digest()
    message = TOKEN_TYPE + secrets.token_bytes(32) + hashlib.sha256(challenge).digest() + key_id
    while True:
        blind = secrets.randbelow(numbers.n)
        try:
            inverse = pow(blind, -1, numbers.n)
            break
        except ValueError:
            continue
    encoded = int.from_bytes(encode_pss(message, numbers.n.bit_length() - 1), "big")
    blinded = encoded * pow(blind, numbers.e, numbers.n) % numbers.n
    client = (token_key, message, inverse)
    return [TOKEN_TYPE + key_id[-1:] + blinded.to_bytes(256, "big")]


def finalize_token(response):
    """The Token in a TokenResponse; raises if the package does not verify it."""
    token_key, message, inverse = client
    if len(response) != 256:
        raise ValueError("not a blind signature")
    modulus = load_der_public_key(token_key).public_numbers().n
    token = message + (int.from_bytes(response, "big") * inverse % modulus).to_bytes(256, "big")
    return verify_token(token_key, token)


def verify_token(token_key, token):
    """Gives a token back if the package verifies it with a public key."""
    load_der_public_key(token_key).verify(
        token[98:], token[:98], padding.PSS(padding.MGF1(SHA384()), SALT), SHA384())
    return [token]


def encode_pss(message, bits):
    """EMSA-PSS-ENCODE (RFC 8017, section 9.1.1) with a new salt."""
    size = (bits + 7) // 8
    salt = secrets.token_bytes(SALT)
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - SALT - len(digest) - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha384(digest + count.to_bytes(4, "big")).digest() for count in range(-(-len(block) // 48)))
    masked = bytearray(left ^ right for left, right in zip(block, mask))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + b"\xbc"


# The issuer


def new_issuer():
    """Becomes an issuer with a new key; gives its public key as the RFC writes it."""
    global issuer
    issuer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return [token_key(issuer)]


def token_key(key):
    return SPKI_HEAD + key.public_key().public_numbers().n.to_bytes(256, "big") + SPKI_TAIL


def answer_token_request(request):
    """The TokenResponse to a TokenRequest."""
    if request[:3] != TOKEN_TYPE + hashlib.sha256(token_key(issuer)).digest()[-1:] or len(request) != 259:
        raise ValueError("another type or key")
    return [sign(request[3:], issuer)]


def answers_that_are_wrong(request):
    """What is no TokenResponse: of another key, off by one, its negative, with the modulus added, zero and one."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = int.from_bytes(sign(request[3:], issuer), "big")
    modulus = issuer.public_key().public_numbers().n
    wrong = [good + 1, modulus - good, 0, 1, modulus - 1]
    if good + modulus < 1 << 2048:
        wrong.append(good + modulus)
    return [sign(request[3:], other)] + [each.to_bytes(256, "big") for each in wrong]


def sign(message, key):
    numbers = key.private_numbers()
    return pow(int.from_bytes(message, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


serve(globals())
