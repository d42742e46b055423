"""What the document says of the challenges, compared with every one of them.

Schemathesis does not look at each field of a header that is repeated.
"""

import re

import schemathesis

NAME = "www-authenticate"


def has_token_key(field):
    """Whether it is a challenge of a type that is in use, not of a reserved one."""
    return "token-key=" in field


@schemathesis.check
def every_challenge_has_its_form(ctx, response, case):
    """Each field of a clearing server's answer is as the header `Challenge` of the document, the one of `POST /verify` as
    `Challenges`."""
    if "clearing" not in case.operation.tags:
        return
    name = "Challenges" if case.operation.path == "/verify" else "Challenge"
    pattern = case.operation.schema.raw_schema["components"]["headers"][name]["schema"]["pattern"]
    assert name == "Challenge" or len(response.headers.get(NAME, [])) <= 1, "challenges in several fields"
    for field in response.headers.get(NAME, []):
        assert re.search(pattern, field), f"a challenge of another form: {field}"
