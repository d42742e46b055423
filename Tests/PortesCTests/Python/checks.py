"""What PortesCTests asks of the library: it answers for an issuer line by line, and says in the end what held.

Each line on standard output is a question in JSON, and each on standard input its answer; the last says how many checks
there were, or which failed.
"""

import ctypes
import hashlib
import json
import random
import sys
import threading

from portes import Handle, Portes, Refusal, Size, VerifiedToken, sized

library = Portes(sys.argv[1])
seed = int(sys.argv[2])
count = 0


def ask(**question):
    print(json.dumps(question), flush=True)
    return {key: bytes.fromhex(value) if isinstance(value, str) and key != "head" else value
            for key, value in json.loads(sys.stdin.readline()).items()}


def holds(condition, what):
    global count
    count += 1
    if not condition:
        raise AssertionError(what)


def refuses(reason, function, *arguments):
    try:
        function(*arguments)
    except Refusal as refusal:
        return holds(str(refusal) == reason, f"{function.__name__}: {refusal} and not {reason}")
    holds(False, f"{function.__name__} did not refuse with {reason}")


def whole_flow(token_type):
    """A client asks, an issuer answers, an origin verifies and spends."""
    issuer = ask(do="issuer", type=token_type)
    key, now = issuer["key"], issuer["now"]
    verifier = library.verifier("issuer.example")
    # The secret goes to whoever verifies only where it must.
    library.add_key(verifier, "play", token_type, key, issuer["secret"], (now - 60, now + 600, now + 1200))
    challenge = library.challenge(token_type, "issuer.example", "origin.example")
    library.call("verifier_add_challenge", verifier, *sized(challenge))

    field = library.challenge_field(challenge, key)
    holds(library.read_challenges("Basic realm=x, " + field) == [(challenge, key)], "the challenge comes back")
    request = library.request(challenge, key, 5)
    message, media_type = library.message(request), library.media_type(request)
    answer = ask(do="answer", type=token_type, message=message.hex(), media=media_type)["answer"]
    # Too little room uses nothing up.
    refuses("buffer-too-small", library.finalize, request, answer, 10)
    tokens = library.finalize(request, answer)
    holds(len(set(tokens)) == 5 and len(tokens[0]) == {1: 146, 2: 354, 5: 162}[token_type], "five tokens")
    refuses("handle", library.finalize, request, answer)
    holds(library.read_token(library.token_field(tokens[0])) == tokens[0], "the token comes back")

    # Nothing is said of a token before the revocation list is known.
    refuses("revocation-list-stale", library.spend, verifier, tokens[0])
    take_revocations(verifier, issuer)
    holds(library.spend(verifier, tokens[0]) == "play", "a token is spent")
    refuses("already-spent", library.spend, verifier, tokens[0])
    verified = library.verify(verifier, tokens[1])
    holds(verified.capability == b"play" and verified.accept_until == now + 1200, "what is said of a token")
    holds(bytes(verified.nullifier) != bytes(library.verify(verifier, tokens[2]).nullifier), "names differ")
    holds(library.spend(verifier, tokens[1]) == "play", "verifying spends nothing")
    for place in [2, 40, 70, 98, len(tokens[2]) - 1]:
        forged = bytearray(tokens[2])
        forged[place] ^= 1
        try:
            library.spend(verifier, bytes(forged))
            holds(False, "a changed token is spent")
        except Refusal:
            holds(True, "")
    refuses("malformed", library.spend, verifier, tokens[2][:-1])
    concurrently(verifier, tokens[2])
    stranger = ask(do="issuer", type=token_type)
    other = library.request(challenge, stranger["key"], 1)
    answer = ask(do="answer", type=token_type, message=library.message(other).hex(), media=library.media_type(other))
    refuses("unknown-key", library.spend, verifier, library.finalize(other, answer["answer"])[0])
    wrong_answers(token_type, challenge, key)
    library.call("verifier_remove_challenge", verifier, *sized(challenge))
    refuses("none", library.call, "verifier_remove_challenge", verifier, *sized(challenge))
    refuses("wrong-challenge", library.spend, verifier, tokens[3])
    library.call("verifier_free", verifier)
    refuses("handle", library.spend, verifier, tokens[3])


def take_revocations(verifier, issuer):
    refuses("signature", library.take_revocations, verifier, b"", issuer["head"], bytes(32))
    refuses("not-a-message", library.take_revocations, verifier, b"x", issuer["head"], issuer["authority"])
    stranger = library.verifier("elsewhere.example")
    refuses("revocations", library.take_revocations, stranger, b"", issuer["head"], issuer["authority"])
    library.take_revocations(verifier, b"", issuer["head"], issuer["authority"])
    entries = ctypes.c_uint64(9)
    library.call("verifier_revocation_count", verifier, ctypes.byref(entries))
    holds(entries.value == 0, "no entry is there")


def revocations_arrive():
    """A list that grows by few entries, by many, and beyond what one answer holds, is followed; then it counts."""
    issuer = ask(do="issuer", type=2)
    key, authority, now = issuer["key"], issuer["authority"], issuer["now"]
    verifier = library.verifier("issuer.example")
    library.add_key(verifier, "play", 2, key, None, (now - 60, now + 600, now + 1200))
    challenge = library.challenge(2, "issuer.example", "origin.example")
    library.call("verifier_add_challenge", verifier, *sized(challenge))
    request = library.request(challenge, key, 2)
    answer = ask(do="answer", type=2, message=library.message(request).hex(), media=library.media_type(request))
    tokens = library.finalize(request, answer["answer"])

    def count():
        entries = ctypes.c_uint64(9)
        library.call("verifier_revocation_count", verifier, ctypes.byref(entries))
        return entries.value

    def follow():
        for rounds in range(1, 100):
            given = ask(do="revocations", after=count())
            try:
                library.take_revocations(verifier, given["entries"], given["head"], authority)
                holds(count() == given["size"], "the whole list is there")
                return rounds
            except Refusal as refusal:
                holds(str(refusal) == "more-revocations", "only more is asked for")

    for more, rounds in [(50, 1), (101, 1), (1, 1), (25_000, 3)]:
        ask(do="revoke", count=more)
        holds(follow() == rounds, f"{more} entries more")
    holds(library.spend(verifier, tokens[0]) == "play", "a token of a key that is on no list is spent")
    # A head that is ahead of the entries, and entries that are beyond a head.
    behind = ask(do="revocations", after=count())
    ask(do="revoke", count=3)
    ahead = ask(do="revocations", after=count())
    refuses("more-revocations", library.take_revocations, verifier, b"", ahead["head"], authority)
    library.take_revocations(verifier, ahead["entries"], ahead["head"], authority)
    refuses("revocations", library.take_revocations, verifier, b"", behind["head"], authority)
    # Entries that lead to no head are dropped, and the right ones are taken after that.
    ask(do="revoke", count=2)
    given = ask(do="revocations", after=count())
    wrong = bytearray(given["entries"])
    wrong[20] ^= 1
    refuses("revocations", library.take_revocations, verifier, bytes(wrong), given["head"], authority)
    library.take_revocations(verifier, given["entries"], given["head"], authority)
    ask(do="revoke", message=hashlib.sha256(key).hexdigest())
    follow()
    refuses("key-revoked", library.spend, verifier, tokens[1])
    library.call("verifier_free", verifier)


def wrong_answers(token_type, challenge, key):
    """An answer of another key, a changed one and none each use the request up."""
    for answer_type in ["other", "changed", "empty"]:
        request = library.request(challenge, key, 2)
        if answer_type == "empty":
            refuses("not-a-message", library.finalize, request, b"")
        else:
            answer = ask(do=answer_type, type=token_type, message=library.message(request).hex(),
                         media=library.media_type(request))["answer"]
            refuses("proof", library.finalize, request, answer)
        refuses("handle", library.message, request)


def concurrently(verifier, token):
    """Of threads that spend one token exactly one does."""
    spent = []

    def spend():
        try:
            spent.append(library.spend(verifier, token))
        except Refusal as refusal:
            spent.append(str(refusal))

    threads = [threading.Thread(target=spend) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    holds(sorted(spent) == ["already-spent"] * 19 + ["play"], f"one of twenty: {spent}")


def wrong_arguments():
    challenge = library.challenge(5, "issuer.example", "")
    key = ask(do="issuer", type=5)["key"]
    largest = Size(-1)
    for length in [largest, Size(2 ** 63), Size(2 ** 20 + 1)]:
        refuses("argument", library.call, "request_new", challenge, length, *sized(key), 1, ctypes.byref(Handle()))
        refuses("argument", library.call, "token_field", b"x", length, None, ctypes.byref(Size(0)))
    refuses("argument", library.call, "request_new", None, Size(5), *sized(key), 1, ctypes.byref(Handle()))
    refuses("not-a-message", library.call, "request_new", None, Size(0), *sized(key), 1, ctypes.byref(Handle()))
    refuses("argument", library.call, "request_new", *sized(challenge), *sized(key), 1, None)
    for wrong in [0, 101, 2 ** 32 - 1]:
        refuses("count", library.request, challenge, key, wrong)
    refuses("key", library.request, challenge, key[:-1], 1)
    refuses("key", library.request, challenge, bytes(32), 1)
    refuses("token-type", library.request, b"\0\3" + challenge[2:], key, 1)
    refuses("token-type", library.challenge, 3, "issuer.example", "")
    refuses("not-a-message", library.challenge, 5, "", "")
    refuses("not-a-message", library.challenge, 5, "issuer.example", "a,,b")
    refuses("argument", library.call, "challenge_make", 5, b"issuer.example", None, None, None, None)
    # Room that is said to be there, and is not.
    refuses("argument", library.call, "challenge_make", 5, b"issuer.example", None, None, None, ctypes.byref(Size(9)))
    refuses("argument", library.call, "challenge_make", 5, b"i.example", None, None, b"12", ctypes.byref(largest))
    refuses("argument", library.call, "challenge_make", 5, None, None, None, None, ctypes.byref(Size(0)))
    refuses("not-a-message", library.call, "challenge_make", 5, b"\xff.example", None, None, None, ctypes.byref(Size(0)))
    refuses("none", library.read_token, "Bearer x")
    refuses("not-a-message", library.read_token, "PrivateToken token=AAUA")
    holds(library.read_challenges("nothing") == [], "no challenge")
    refuses("argument", library.call, "challenge_read", b"", Size(0), None, None, None, None)
    verifier = library.verifier("issuer.example")
    good = (verifier, "play", 5, key, bytes(32), (0, 1, 2))
    refuses("key", library.add_key, *good)
    refuses("key", library.add_key, verifier, "play", 5, key, None, (0, 1, 2))
    refuses("not-a-message", library.add_key, verifier, "Play!", 5, key, bytes(32), (0, 1, 2))
    refuses("argument", library.add_key, verifier, "play", 5, key, bytes(32), (2, 1, 0))
    refuses("token-type", library.add_key, verifier, "play", 3, key, bytes(32), (0, 1, 2))
    extreme = (-2 ** 63, 0, 2 ** 63 - 1)
    public = ask(do="issuer", type=2)["key"]
    library.add_key(verifier, "play", 2, public, None, extreme)
    refuses("key", library.add_key, verifier, "play", 2, public, b"x", extreme)
    refuses("argument", library.call, "verifier_verify", verifier, *sized(b"x"), None)
    refuses("argument", library.call, "verifier_new", None, ctypes.byref(Handle()))
    for handle in [Handle(0), Handle(1), Handle(2 ** 64 - 1)]:
        refuses("handle", library.message, handle)
        refuses("handle", library.spend, handle, b"x")
        refuses("handle", library.call, "request_free", handle)
        refuses("handle", library.call, "verifier_free", handle)
    request = library.request(challenge, key, 1)
    refuses("handle", library.spend, request, b"x")
    library.call("request_free", request)
    refuses("handle", library.call, "request_free", request)
    holds(library.library.portes_result_name(12345) == b"unknown", "a number that is no result")
    names = {library.library.portes_result_name(number) for number in range(200)}
    holds(len(names) == 29, f"each result has a name of its own: {len(names)}")


def random_input():
    """Nothing that is thrown at the library stops it."""
    generator = random.Random(seed)
    challenge, verifier = library.challenge(5, "issuer.example", ""), library.verifier("issuer.example")
    key = ask(do="issuer", type=5)["key"]
    for _ in range(5_000):
        junk = generator.randbytes(generator.randrange(0, 400))
        mixed = bytearray(generator.choice([challenge, key, junk, b"\0\2" + junk, b"\0\5" + junk]))
        for _ in range(generator.randrange(3)):
            if mixed:
                mixed[generator.randrange(len(mixed))] = generator.randrange(256)
        mixed = bytes(mixed)
        text = generator.choice([mixed.replace(b"\0", b"x"), b"PrivateToken challenge=\"" + mixed.hex().encode() + b"\""])
        buffer, length = ctypes.create_string_buffer(64), Size(generator.randrange(65))
        for function in [
            lambda: library.request(mixed, key, 1), lambda: library.request(challenge, mixed, 1),
            lambda: library.call("challenge_make", 5, text, text, None, buffer, ctypes.byref(length)),
            lambda: library.call("token_read", text, buffer, ctypes.byref(length)),
            lambda: library.call("challenge_read", text, Size(generator.randrange(3)), buffer, ctypes.byref(length),
                                 None, ctypes.byref(Size(0))),
            lambda: library.spend(verifier, mixed),
            lambda: library.call("verifier_verify", verifier, *sized(mixed), ctypes.byref(VerifiedToken())),
            lambda: library.finalize(library.request(challenge, key, 1), mixed),
            lambda: library.call("verifier_take_revocations", verifier, *sized(mixed), text, key),
            lambda: library.call("verifier_add_key", verifier, text, generator.choice([1, 2, 5]), *sized(mixed),
                                 *sized(junk), ctypes.c_int64(0), ctypes.c_int64(1), ctypes.c_int64(2)),
        ]:
            try:
                function()
            except Refusal as refusal:
                holds(str(refusal) != "unknown", "a refusal without a name")
            length = Size(generator.randrange(65))


try:
    for each in [5, 2, 1]:
        whole_flow(each)
    revocations_arrive()
    wrong_arguments()
    random_input()
    end = {"checks": count}
except Exception as error:
    end = {"failed": f"{type(error).__name__}: {error}"}
print(json.dumps({"do": "end", **end}), flush=True)
