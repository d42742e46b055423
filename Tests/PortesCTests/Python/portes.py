"""Portes from Python, over libPortesC.so and nothing but ctypes: what portes.h declares, as Python calls it.

    python3 portes.py LIBRARY
"""

import ctypes
import sys

OK, BUFFER_TOO_SMALL = 0, 2
Handle, Size = ctypes.c_uint64, ctypes.c_size_t


class Refusal(Exception):
    """A result that is not PORTES_OK, by its name."""


class VerifiedToken(ctypes.Structure):
    _fields_ = [("key_id", ctypes.c_uint8 * 32), ("nullifier", ctypes.c_uint8 * 16),
                ("accept_until", ctypes.c_int64), ("capability", ctypes.c_char * 64)]


class Portes:
    """The functions of the library, with bytes in and out."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.library.portes_result_name.restype = ctypes.c_char_p

    def call(self, name, *arguments):
        result = getattr(self.library, "portes_" + name)(*arguments)
        if result != OK:
            raise Refusal(self.library.portes_result_name(result).decode())

    def output(self, name, *arguments):
        """What a function writes into a buffer, which is asked for its size first."""
        length = Size(0)
        result = getattr(self.library, "portes_" + name)(*arguments, None, ctypes.byref(length))
        if result not in (OK, BUFFER_TOO_SMALL):
            raise Refusal(self.library.portes_result_name(result).decode())
        buffer = ctypes.create_string_buffer(length.value)
        self.call(name, *arguments, buffer, ctypes.byref(length))
        return buffer.raw[:length.value]

    # Messages

    def challenge(self, token_type, issuer, origins, context=None):
        return self.output("challenge_make", ctypes.c_uint16(token_type), issuer.encode(), origins.encode(), context)

    def challenge_field(self, challenge, token_key):
        return self.output("challenge_field", *sized(challenge), *sized(token_key))[:-1].decode()

    def read_challenges(self, field):
        """All challenges of a WWW-Authenticate field, each with its key."""
        found = []
        while True:
            challenge, key = ctypes.create_string_buffer(4096), ctypes.create_string_buffer(4096)
            sizes = Size(4096), Size(4096)
            try:
                self.call("challenge_read", field.encode(), Size(len(found)), challenge, ctypes.byref(sizes[0]), key,
                          ctypes.byref(sizes[1]))
            except Refusal as refusal:
                if str(refusal) == "none":
                    return found
                raise
            found.append((challenge.raw[:sizes[0].value], key.raw[:sizes[1].value]))

    def token_field(self, token):
        return self.output("token_field", *sized(token))[:-1].decode()

    def read_token(self, field):
        return self.output("token_read", field.encode())

    # Client

    def request(self, challenge, token_key, count):
        request = Handle()
        self.call("request_new", *sized(challenge), *sized(token_key), ctypes.c_uint32(count), ctypes.byref(request))
        return request

    def message(self, request):
        return self.output("request_message", request)

    def media_type(self, request):
        return self.output("request_media_type", request)[:-1].decode()

    def finalize(self, request, answer, room=100 * 354):
        """The tokens in an answer."""
        tokens, length, token_length = ctypes.create_string_buffer(room), Size(room), Size()
        self.call("request_finalize", request, *sized(answer), tokens, ctypes.byref(length), ctypes.byref(token_length))
        size = token_length.value
        return [tokens.raw[start:start + size] for start in range(0, length.value, size)]

    # Verifier

    def verifier(self, issuer):
        verifier = Handle()
        self.call("verifier_new", issuer.encode(), ctypes.byref(verifier))
        return verifier

    def add_key(self, verifier, capability, token_type, key, secret, dates):
        self.call("verifier_add_key", verifier, capability.encode(), ctypes.c_uint16(token_type), *sized(key),
                  *(sized(secret) if secret else (None, Size(0))), *map(ctypes.c_int64, dates))

    def take_revocations(self, verifier, entries, head, key):
        self.call("verifier_take_revocations", verifier, *sized(entries), head.encode(), key)

    def spend(self, verifier, token):
        return self.output_once("verifier_spend", verifier, *sized(token))[:-1].decode()

    def output_once(self, name, *arguments):
        buffer, length = ctypes.create_string_buffer(64), Size(64)
        self.call(name, *arguments, buffer, ctypes.byref(length))
        return buffer.raw[:length.value]

    def verify(self, verifier, token):
        verified = VerifiedToken()
        self.call("verifier_verify", verifier, *sized(token), ctypes.byref(verified))
        return verified


def sized(data):
    return data, Size(len(data))


if __name__ == "__main__":
    library = Portes(sys.argv[1])
    print(library.challenge(5, "issuer.example", "origin.example").hex())
