"""How a script of the interoperation tests is asked: a line of JSON for each call, and one for each answer."""

import json
import sys


def serve(functions):
    """Calls functions by their names, with bytes, until there are no more lines."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            function = functions[request["do"]]
            answer = {"gives": [each.hex() for each in function(*map(bytes.fromhex, request["with"]))]}
        except BaseException as error:  # A refusal, for the test to judge; `voprf` panics at a bad proof of a batch.
            answer = {"refuses": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
