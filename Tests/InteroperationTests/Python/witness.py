"""The other side of the witness protocol: a witness and a log that nobody's Swift had a part in.

Written from C2SP's tlog-witness, tlog-cosignature, tlog-checkpoint and signed-note and from RFC 6962, with the
standard library and the package `cryptography`.

    witness.py witness NAME LOGKEY       serves on a loopback port; prints verifier key and URL
    witness.py log NAME                  prints a verifier key; then reads "submit URL WITNESSKEY HISTORY OLD NEW" a
                                         line and prints the time of the cosignature, or the status and the text of
                                         a refusal
"""

import base64
import hashlib
import http.client
import http.server
import sys
import threading
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DASH = "\u2014 ".encode()


# Keys and signed notes


class Key:
    """A verifier key: name, type byte and public key."""

    def __init__(self, name, kind, public_key):
        self.name, self.kind, self.public_key = name, kind, public_key
        self.id = hashlib.sha256(name + b"\n" + bytes([kind]) + public_key).digest()[:4]

    @classmethod
    def parse(cls, text):
        name, key_id, rest = text.encode().split(b"+", 2)
        material = base64.b64decode(rest, validate=True)
        key = cls(name, material[0], material[1:])
        if key.id.hex().encode() != key_id:
            raise ValueError("the id is not that of the key")
        return key

    def text(self):
        material = base64.b64encode(bytes([self.kind]) + self.public_key)
        return b"+".join([self.name, self.id.hex().encode(), material]).decode()

    def signatures(self, lines):
        """What the lines of this key hold."""
        for line in lines:
            if not line.startswith(DASH):
                raise ValueError("not a signature line")
            name, encoded = line[len(DASH) :].split(b" ")
            signature = base64.b64decode(encoded, validate=True)
            if name == self.name and signature[:4] == self.id:
                yield signature[4:]

    def verify(self, signature, message):
        Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)

    def line(self, signature):
        return DASH + self.name + b" " + base64.b64encode(self.id + signature) + b"\n"


def make_key(name, kind):
    private = Ed25519PrivateKey.generate()
    return private, Key(name.encode(), kind, private.public_key().public_bytes_raw())


def split_note(note):
    """The text and the signature lines."""
    text, signatures = note.rsplit(b"\n\n", 1)
    if not signatures.endswith(b"\n"):
        raise ValueError("the last line has no end")
    return text + b"\n", signatures[:-1].split(b"\n")


def parse_checkpoint(text):
    origin, size, root = text.split(b"\n")[:3]
    if str(int(size)).encode() != size:
        raise ValueError("not a size")
    return origin, int(size), base64.b64decode(root, validate=True)


def cosigned(text, timestamp):
    return b"cosignature/v1\ntime %d\n" % timestamp + text


# Trees, RFC 6962, section 2.1


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def largest_power(count):
    """The largest power of two smaller than count."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def tree_hash(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = largest_power(len(leaves))
    return node(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def consistency_proof(old, leaves):
    """PROOF(old, leaves) of section 2.1.2."""

    def subproof(old, leaves, is_whole):
        if old == len(leaves):
            return [] if is_whole else [tree_hash(leaves)]
        split = largest_power(len(leaves))
        if old <= split:
            return subproof(old, leaves[:split], is_whole) + [tree_hash(leaves[split:])]
        return subproof(old - split, leaves[split:], False) + [tree_hash(leaves[:split])]

    return [] if old == 0 else subproof(old, leaves, True)


def is_consistent(old, old_root, new, new_root, proof):
    """Rebuilds both roots by going down the definition of PROOF with the hashes from its end."""
    if old == 0:
        return not proof and old_root == hashlib.sha256().digest()
    rest = list(proof)

    def roots(old, new, is_whole):
        if old == new:
            both = old_root if is_whole else rest.pop(0)
            return both, both
        split = largest_power(new)
        if old <= split:
            left_old, left_new = roots(old, split, is_whole)
            return left_old, node(left_new, rest.pop(0))
        right_old, right_new = roots(old - split, new - split, False)
        left = rest.pop(0)
        return node(left, right_old), node(left, right_new)

    try:
        return roots(old, new, True) == (old_root, new_root) and not rest
    except IndexError:
        return False


# A witness


class Refused(Exception):
    def __init__(self, status, body=b"", kind="text/plain"):
        super().__init__(status)
        self.status, self.body, self.kind = status, body, kind


class Witness:
    def __init__(self, name, log):
        self.private, self.key = make_key(name, 4)
        self.log = log
        self.size, self.root = 0, tree_hash([])
        self.lock = threading.Lock()

    def add_checkpoint(self, body):
        try:
            head, note = body.split(b"\n\n", 1)
            old_line, *proof_lines = head.split(b"\n")
            word, old_text = old_line.split(b" ")
            old = int(old_text)
            if word != b"old" or str(old).encode() != old_text or len(proof_lines) > 63:
                raise ValueError("not an old size")
            proof = [base64.b64decode(line, validate=True) for line in proof_lines]
            text, lines = split_note(note)
            origin, size, root = parse_checkpoint(text)
            signatures = list(self.log.signatures(lines))
        except ValueError as error:
            raise Refused(400) from error
        if origin != self.log.name:
            raise Refused(404)
        try:
            for signature in signatures:
                self.log.verify(signature, text)
        except InvalidSignature as error:
            raise Refused(403) from error
        if not signatures:
            raise Refused(403)
        if old > size:
            raise Refused(400)
        with self.lock:
            if old != self.size or (old == size and root != self.root):
                raise Refused(409, b"%d\n" % self.size, "text/x.tlog.size")
            if not is_consistent(old, self.root, size, root, proof):
                raise Refused(422)
            self.size, self.root = size, root
        now = int(time.time())
        return self.key.line(now.to_bytes(8, "big") + self.private.sign(cosigned(text, now)))


def serve_witness(name, log_key):
    witness = Witness(name, Key.parse(log_key))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                if self.path != "/w1/add-checkpoint":
                    raise Refused(404)
                self.answer(200, witness.add_checkpoint(body), "text/plain")
            except Refused as refusal:
                self.answer(refusal.status, refusal.body, refusal.kind)

        def answer(self, status, body, kind):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(witness.key.text(), flush=True)
    print(f"http://127.0.0.1:{server.server_port}/w1", flush=True)
    # Ends with whoever started it.
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever()


# A log


def submit(private, key, url, witness_key, old, new, leaves):
    """The time of the witness's cosignature, or the status and the text of its refusal."""
    text = b"%s\n%d\n%s\n" % (key.name, new, base64.b64encode(tree_hash(leaves[:new])))
    lines = [b"old %d" % old] + [base64.b64encode(each) for each in consistency_proof(min(old, new), leaves[:new])]
    body = b"\n".join(lines) + b"\n\n" + text + b"\n" + key.line(private.sign(text))
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    connection.request("POST", address.path + "/add-checkpoint", body=body)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status != 200:
        kind = response.getheader("Content-Type")
        return f"{response.status} {answer.decode().strip() if kind == 'text/x.tlog.size' else kind}"
    if not answer.endswith(b"\n"):
        return "the last line has no end"
    [signature] = witness_key.signatures(answer[:-1].split(b"\n"))
    timestamp = int.from_bytes(signature[:8], "big")
    witness_key.verify(signature[8:], cosigned(text, timestamp))
    return str(timestamp)


def run_log(name):
    private, key = make_key(name, 1)
    print(key.text(), flush=True)
    histories = {b: [b"%s %d" % (b, index) for index in range(300)] for b in (b"a", b"b")}
    for line in sys.stdin:
        word, url, witness_key, history, old, new = line.split()
        try:
            leaves = histories[history.encode()]
            answer = submit(private, key, url, Key.parse(witness_key), int(old), int(new), leaves)
        except (InvalidSignature, ValueError) as error:
            answer = f"{type(error).__name__}: {error}"
        print(answer, flush=True)


if sys.argv[1] == "witness":
    serve_witness(*sys.argv[2:])
else:
    run_log(*sys.argv[2:])
