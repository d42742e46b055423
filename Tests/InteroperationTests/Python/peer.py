"""The other side of the interoperation tests: packages from PyPI that nobody of this project wrote.

Reads requests and writes answers as lines of JSON. A request is {"do": NAME, "with": [HEX, ...]}, its answer
{"gives": [HEX, ...]} or {"refuses": REASON}. The functions below only call the packages and put together messages
as RFC 9577, RFC 9578 and the batched tokens draft lay them out.
"""

import base64
import hashlib
import json
import secrets

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwcrypto import jwk, jws
from jwcrypto.common import base64url_decode, base64url_encode
from voprf import ristretto

from lines import serve

TOKEN_TYPE = b"\x00\x05"
server = None
clients = []
inputs = []
signing_key = None


# VOPRF, RFC 9497


def derive(seed, info):
    """Becomes the server with the key of DeriveKeyPair; gives its public key."""
    global server
    server = ristretto.Evaluator.from_seed(seed, info)
    return [server.public_key.serialize()]


def evaluate(blinded):
    """BlindEvaluate for one element; gives proof and element, in the package's own order."""
    return [server.evaluate(ristretto.BlindedInput.deserialize(blinded)).serialize()]


def evaluate_batch(*blinded):
    """BlindEvaluate for many elements; gives one proof and the elements."""
    return [server.evaluate_batch([ristretto.BlindedInput.deserialize(element) for element in blinded]).serialize()]


def evaluate_inputs(*known):
    """Evaluate: the output for each input."""
    return [server.evaluate_known_input(each) for each in known]


def blind(*new_inputs):
    """Blind, each input for a client of its own; gives the blinded elements."""
    global clients
    pairs = [ristretto.Client.blind(each) for each in new_inputs]
    clients = [client for client, _ in pairs]
    return [element.serialize() for _, element in pairs]


def finalize(public_key, evaluation):
    """Finalize for the one client."""
    output = ristretto.VerifiableOutput.deserialize(evaluation)
    return [clients[0].finalize(output, ristretto.PublicKey.deserialize(public_key))]


def finalize_batch(public_key, evaluation):
    """Finalize for all clients, with one proof."""
    output = ristretto.VerifiableBatchOutput.deserialize(evaluation)
    return ristretto.Client.finalize_batch(clients, output, ristretto.PublicKey.deserialize(public_key))


def decode_elements(*encodings):
    """One byte for each: whether it is a blinded element that a server would take."""
    return [bytes([accepts(ristretto.BlindedInput, each)]) for each in encodings]


def decode_public_keys(*encodings):
    return [bytes([accepts(ristretto.PublicKey, each)]) for each in encodings]


def decode_proofs(*encodings):
    return [bytes([accepts(ristretto.Proof, each)]) for each in encodings]


def accepts(kind, encoding):
    try:
        return kind.deserialize(encoding).serialize() == encoding
    except ValueError:
        return False


# Tokens, RFC 9577, RFC 9578 and the batched tokens draft


def request_token(challenge, token_key):
    """A TokenRequest."""
    [blinded] = blind(*new_token_inputs(challenge, token_key, 1))
    return [TOKEN_TYPE + truncated_id(token_key) + blinded]


def request_tokens(challenge, token_key, count):
    """An AmortizedBatchTokenRequest."""
    blinded = b"".join(blind(*new_token_inputs(challenge, token_key, count[0])))
    return [TOKEN_TYPE + truncated_id(token_key) + variable_size_integer(len(blinded)) + blinded]


def finalize_token(token_key, response):
    """The Token in a TokenResponse."""
    return [inputs[0] + finalize(token_key, proof_first(response))[0]]


def finalize_tokens(token_key, response):
    """The Tokens in an AmortizedBatchTokenResponse."""
    count = len(variable_size_integer(32 * len(clients)))
    if response[:count] != variable_size_integer(32 * len(clients)):
        raise ValueError("another number of elements")
    return [each + output for each, output in zip(inputs, finalize_batch(token_key, proof_first(response[count:])))]


def answer_token_request(request):
    """The TokenResponse to a TokenRequest."""
    check_header(request)
    return [proof_last(evaluate(request[3:])[0])]


def answer_batch_request(request):
    """The AmortizedBatchTokenResponse to an AmortizedBatchTokenRequest."""
    check_header(request)
    count = 1 << (request[3] >> 6)
    elements = request[3 + count :]
    length = variable_size_integer(len(elements))
    if request[3 : 3 + count] != length or len(elements) % 32:
        raise ValueError("not a length")
    [evaluation] = evaluate_batch(*(elements[start : start + 32] for start in range(0, len(elements), 32)))
    return [length + proof_last(evaluation)]


def proof_first(evaluation):
    """From the order of the RFC and the draft to the package's."""
    return evaluation[-64:] + evaluation[:-64]


def proof_last(evaluation):
    return evaluation[64:] + evaluation[:64]


def new_token_inputs(challenge, token_key, count):
    global inputs
    fixed = hashlib.sha256(challenge).digest() + hashlib.sha256(token_key).digest()
    inputs = [TOKEN_TYPE + secrets.token_bytes(32) + fixed for _ in range(count)]
    return inputs


def truncated_id(token_key):
    return hashlib.sha256(token_key).digest()[-1:]


def check_header(request):
    if request[:3] != TOKEN_TYPE + truncated_id(server.public_key.serialize()):
        raise ValueError("another type or key")


def variable_size_integer(value):
    if value < 1 << 6:
        return value.to_bytes(1, "big")
    if value < 1 << 14:
        return (value | 1 << 14).to_bytes(2, "big")
    return (value | 2 << 30).to_bytes(4, "big")


# Signed notes, checkpoints and cosignatures, C2SP


def note_key_id(name, kind, public_key):
    return hashlib.sha256(name + b"\n" + kind + public_key).digest()[:4]


def verify_note(verifier_key, note):
    """Finds the line of a signer in a note and checks it; gives the text, and the time of a cosignature."""
    name, key_id, rest = verifier_key.split(b"+", 2)
    material = base64.b64decode(rest, validate=True)
    kind, public_key = material[:1], material[1:]
    if bytes.fromhex(key_id.decode()) != note_key_id(name, kind, public_key):
        raise ValueError("the id is not that of the key")
    text, lines = note.rsplit(b"\n\n", 1)
    text += b"\n"
    for line in lines.splitlines():
        dash, signer, encoded = line.split(b" ")
        signature = base64.b64decode(encoded, validate=True)
        if dash != "\u2014".encode() or signer != name or signature[:4] != bytes.fromhex(key_id.decode()):
            continue
        key = Ed25519PublicKey.from_public_bytes(public_key)
        if kind == b"\x01":
            key.verify(signature[4:], text)
            return [text]
        time = int.from_bytes(signature[4:12], "big")
        key.verify(signature[12:], b"cosignature/v1\ntime %d\n" % time + text)
        return [text, str(time).encode()]
    raise ValueError("no signature of that key")


def sign_note(name, text):
    """Signs a text under a new key; gives the verifier key and the note."""
    key = Ed25519PrivateKey.generate()
    public_key = key.public_key().public_bytes_raw()
    key_id = note_key_id(name, b"\x01", public_key)
    verifier_key = name + b"+" + key_id.hex().encode() + b"+" + base64.b64encode(b"\x01" + public_key)
    line = "\u2014 ".encode() + name + b" " + base64.b64encode(key_id + key.sign(text))
    return [verifier_key, text + b"\n" + line + b"\n"]


def cosign_note(name, time, note):
    """Adds a witness's cosignature under a new key; gives the verifier key and the note."""
    key = Ed25519PrivateKey.generate()
    public_key = key.public_key().public_bytes_raw()
    key_id = note_key_id(name, b"\x04", public_key)
    verifier_key = name + b"+" + key_id.hex().encode() + b"+" + base64.b64encode(b"\x04" + public_key)
    text = note.rsplit(b"\n\n", 1)[0] + b"\n"
    signature = key.sign(b"cosignature/v1\ntime " + time + b"\n" + text)
    stamped = key_id + int(time).to_bytes(8, "big") + signature
    return [verifier_key, note + "\u2014 ".encode() + name + b" " + base64.b64encode(stamped) + b"\n"]


def merkle_root(*leaves):
    """The Merkle Tree Hash as RFC 6962, section 2.1 writes it down."""
    if not leaves:
        return [hashlib.sha256().digest()]
    if len(leaves) == 1:
        return [hashlib.sha256(b"\x00" + leaves[0]).digest()]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    [left], [right] = merkle_root(*leaves[:split]), merkle_root(*leaves[split:])
    return [hashlib.sha256(b"\x01" + left + right).digest()]


# Signatures, RFC 7515, RFC 7517 and RFC 8037


def verify_signature(text, key_set):
    """Finds the key in the set by the `kid` of the header; gives header and payload."""
    keys = jwk.JWKSet.from_json(key_set.decode())
    signature = jws.JWS()
    signature.deserialize(text.decode())
    key = keys.get_key(signature.jose_header["kid"])
    if key is None:
        raise ValueError("no such key")
    signature.verify(key, alg="EdDSA")
    return [json.dumps(signature.jose_header).encode(), signature.payload]


def thumbprints(key_set):
    """The RFC 7638 thumbprint of every key of a set, as text, each followed by the key's `kid`."""
    keys = jwk.JWKSet.from_json(key_set.decode())["keys"]
    return [text.encode() for key in keys for text in (key.thumbprint(), key["kid"])]


def new_signing_key():
    """Becomes the holder of a new key; gives it raw, and its thumbprint as text."""
    global signing_key
    signing_key = jwk.JWK.generate(kty="OKP", crv="Ed25519")
    return [raw_public_key(), signing_key.thumbprint().encode()]


def raw_public_key():
    return base64url_decode(signing_key.export(as_dict=True, private_key=False)["x"])


def sign(header, payload):
    """The compact form, made as the header says; HS256 is keyed with the public key, as in a well-known attack."""
    algorithm = json.loads(header)["alg"]
    if algorithm == "none":
        return [f"{base64url_encode(header)}.{base64url_encode(payload)}.".encode()]
    key = signing_key
    if algorithm == "HS256":
        key = jwk.JWK(kty="oct", k=base64url_encode(raw_public_key()))
    signature = jws.JWS(payload)
    signature.add_signature(key, protected=header.decode())
    return [signature.serialize(compact=True).encode()]


def sign_statement(algorithm, key_id, claims):
    """Signs claims under a new key with PyJWT; gives the key set and the token."""
    algorithm, key_id = algorithm.decode(), key_id.decode()
    if algorithm == "EdDSA":
        key = Ed25519PrivateKey.generate()
    elif algorithm == "ES256":
        key = ec.generate_private_key(ec.SECP256R1())
    elif algorithm == "RS256":
        key = rsa.generate_private_key(65537, 2048)
    else:
        key = b"a secret of thirty-two bytes....."
    claims = json.loads(claims)
    headers = {"kid": key_id} if key_id else {}
    token = jwt.encode(claims, None if algorithm == "none" else key, algorithm=algorithm, headers=headers)
    if algorithm == "none":
        return [b'{"keys":[]}', token.encode()]
    public = key if isinstance(key, bytes) else key.public_key()
    item = jwt.get_algorithm_by_name(algorithm).to_jwk(public, as_dict=True) | headers
    return [json.dumps({"keys": [item]}).encode(), token.encode()]


def read_session(text, key_set, audience):
    """What PyJWT reads in a session, as a gateway does that knows nothing but the key set: its type and its claims."""
    key = jwt.PyJWKSet.from_json(key_set.decode())[jwt.get_unverified_header(text.decode())["kid"]]
    read = jwt.decode_complete(
        text.decode(), key, algorithms=["EdDSA"], audience=audience.decode(), options={"require": ["exp", "jti"]}
    )
    return [read["header"]["typ"].encode(), json.dumps(read["payload"], sort_keys=True).encode()]


def read_proof(text):
    """What PyJWT reads in a DPoP proof: the thumbprint that jwcrypto computes of its key, its type and its claims."""
    header = jwt.get_unverified_header(text.decode())
    read = jwt.decode_complete(text.decode(), jwt.PyJWK(header["jwk"], "EdDSA"), algorithms=["EdDSA"])
    thumbprint = jwk.JWK(**header["jwk"]).thumbprint()
    return [thumbprint.encode(), header["typ"].encode(), json.dumps(read["payload"], sort_keys=True).encode()]


def sign_proof(claims):
    """A DPoP proof that PyJWT signs with a new key; gives the key's thumbprint and the proof."""
    key = Ed25519PrivateKey.generate()
    public = jwt.get_algorithm_by_name("EdDSA").to_jwk(key.public_key(), as_dict=True)
    headers = {"typ": "dpop+jwt", "jwk": public}
    proof = jwt.encode(json.loads(claims), key, algorithm="EdDSA", headers=headers)
    return [jwk.JWK(**public).thumbprint().encode(), proof.encode()]


serve(globals())
