/*
 * Portes for other languages: Privacy Pass tokens (RFC 9577, RFC 9578) as a client requests and an origin verifies
 * them.
 *
 * Token types: 0x0001 (VOPRF, P-384), 0x0002 (blind RSA, verified with the public key alone), 0x0005 (VOPRF,
 * ristretto255). Nothing here opens a file or a connection; the caller carries the messages.
 *
 * Every function may be called from any thread, and with one handle from several at once. None keeps a pointer
 * that it is given, and none writes more than it is told there is room for. Input is never trusted: what is no
 * message is refused by name. Input of more than 1 MiB is refused with PORTES_ERROR_ARGUMENT.
 *
 * Output of a varying length goes into the caller's buffer: *length says how many bytes there are room for, and
 * afterwards how many were written. With too little room the result is PORTES_ERROR_BUFFER_TOO_SMALL, *length is
 * how many are needed, nothing is written and nothing else has happened. A buffer may be NULL where *length is 0:
 * to ask how much is needed.
 *
 * Text is UTF-8 and ends in a NUL byte; text that is output counts it in *length.
 *
 * Objects are numbers, not pointers: one that was freed, or never was, gives PORTES_ERROR_HANDLE and nothing
 * worse.
 */
#ifndef PORTES_H
#define PORTES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of a call. The numbers stay the same from version to version. */
typedef enum portes_result {
    PORTES_OK = 0,

    /* The call was wrong; nothing has happened. */
    PORTES_ERROR_ARGUMENT = 1,         /* a NULL that must not be, a length or a number out of its range */
    PORTES_ERROR_BUFFER_TOO_SMALL = 2, /* *length says how many bytes are needed */
    PORTES_ERROR_HANDLE = 3,           /* no such object: freed, used up, or of another kind */
    PORTES_ERROR_NONE = 4,             /* there is none at this place, or in this field */

    /* A message or key is not one. */
    PORTES_ERROR_MALFORMED = 10,     /* bytes that are not the message that they should be */
    PORTES_ERROR_TOKEN_TYPE = 11,    /* a token type that is not implemented, or not that of the key */
    PORTES_ERROR_COUNT = 12,         /* not 1 to 100 tokens, or not as many as were asked for */
    PORTES_ERROR_KEY = 13,           /* not a key of its type, or a secret that is not the public key's */
    PORTES_ERROR_PROOF = 14,         /* the issuer used another key than the one given, or the answer was changed */
    PORTES_ERROR_FAILED = 15,        /* does not happen by chance */
    PORTES_ERROR_SIGNATURE = 16,     /* not signed with the key given */
    PORTES_ERROR_REVOCATIONS = 17,   /* a list of another issuer, shorter than before, or not its head's */
    PORTES_MORE_REVOCATIONS = 18,    /* the entries are kept, and more are needed before they are in force */

    /* A token is not accepted (as the problems that a clearing server names). */
    PORTES_REFUSED_MALFORMED = 100,
    PORTES_REFUSED_WRONG_TOKEN_TYPE = 101,
    PORTES_REFUSED_UNKNOWN_KEY = 102,
    PORTES_REFUSED_KEY_NOT_YET_ACCEPTED = 103,
    PORTES_REFUSED_KEY_NO_LONGER_ACCEPTED = 104,
    PORTES_REFUSED_LEDGER_LOST = 105,
    PORTES_REFUSED_WRONG_CHALLENGE = 106,
    PORTES_REFUSED_BAD_AUTHENTICATOR = 107,
    PORTES_REFUSED_TOKEN_REVOKED = 108,
    PORTES_REFUSED_KEY_REVOKED = 109,
    PORTES_REFUSED_CAPABILITY_REVOKED = 110,
    PORTES_REFUSED_VERIFIER_REVOKED = 111,
    PORTES_REFUSED_REVOCATION_LIST_STALE = 112, /* none was taken in the last hour: nothing can be said of the token */
    PORTES_REFUSED_ALREADY_SPENT = 113
} portes_result;

/*
 * The name of a result, such as "wrong-challenge"; "unknown" for a number that is none. Never NULL, never to be
 * freed.
 */
const char *portes_result_name(portes_result result);

/* ---- Messages ---- */

/*
 * A TokenChallenge (RFC 9577, section 2.1): for tokens of one type, of the issuer `issuer_name`, for the origins
 * in `origin_names` (separated by commas; NULL or empty: any origin), on the occasion `redemption_context` (32
 * bytes; NULL: any).
 */
portes_result portes_challenge_make(
    uint16_t token_type, const char *issuer_name, const char *origin_names, const uint8_t *redemption_context,
    uint8_t *challenge, size_t *length);

/*
 * The value of a WWW-Authenticate field that asks for tokens for a challenge, made with a public key of the
 * issuer.
 */
portes_result portes_challenge_field(
    const uint8_t *challenge, size_t challenge_length, const uint8_t *token_key, size_t token_key_length, char *field,
    size_t *length);

/*
 * The challenge at a place, from 0, in the value of a WWW-Authenticate field, and the key that it names (none: 0
 * bytes). Challenges of types that are not implemented do not count. PORTES_ERROR_NONE after the last.
 */
portes_result portes_challenge_read(
    const char *field, size_t place, uint8_t *challenge, size_t *challenge_length, uint8_t *token_key,
    size_t *token_key_length);

/* The value of an Authorization field that presents a token (RFC 9577, section 2.2). */
portes_result portes_token_field(const uint8_t *token, size_t token_length, char *field, size_t *length);

/* The token in the value of an Authorization field. PORTES_ERROR_NONE if it is of another scheme. */
portes_result portes_token_read(const char *field, uint8_t *token, size_t *length);

/* ---- Client ---- */

/* Tokens that are being asked for: a number. It holds secrets, in memory alone; free it. */
typedef uint64_t portes_request;

/*
 * Begins a request for 1 to 100 tokens for a challenge, under a public key of the challenge's type: 49 bytes for
 * 0x0001, 342 for 0x0002, 32 for 0x0005. It must be a key that the issuer publishes to everybody: one that the
 * challenge alone names could be made for this client, and would mark its tokens. Takes about 0.1 ms a token of
 * type 0x0005.
 */
portes_result portes_request_new(
    const uint8_t *challenge, size_t challenge_length, const uint8_t *token_key, size_t token_key_length, uint32_t count,
    portes_request *request);

/* What to send to the issuer. */
portes_result portes_request_message(portes_request request, uint8_t *message, size_t *length);

/* Its media type, for Content-Type; that of the answer is the same with "response" for "request". */
portes_result portes_request_media_type(portes_request request, char *media_type, size_t *length);

/*
 * The tokens in the issuer's answer, one after the other, each *token_length bytes: 146 for type 0x0001, 354 for
 * 0x0002, 162 for 0x0005. There may be fewer than were asked for, except of type 0x0005.
 *
 * Uses the request up, and frees it, whatever comes of it; but for PORTES_ERROR_ARGUMENT, _HANDLE and
 * _BUFFER_TOO_SMALL: there must be room for all that were asked for. An answer that is refused could have been
 * made with another key: ask anew.
 */
portes_result portes_request_finalize(
    portes_request request, const uint8_t *answer, size_t answer_length, uint8_t *tokens, size_t *length,
    size_t *token_length);

/* Frees a request that is not needed. */
portes_result portes_request_free(portes_request request);

/* ---- Verifier ---- */

/* What an origin accepts, and what was spent there: a number. Free it. */
typedef uint64_t portes_verifier;

/* Makes a verifier of tokens of one issuer, which accepts nothing yet. */
portes_result portes_verifier_new(const char *issuer_name, portes_verifier *verifier);

/*
 * Adds a key, whose tokens are good for `capability` (lower-case letters, digits, hyphens) and accepted from
 * `not_before` until `accept_until`, in UNIX seconds, as the issuer's key log says.
 *
 * Keys of type 0x0002 take no secret: `secret` is NULL and `secret_length` 0. Those of 0x0001 (48 bytes,
 * big-endian) and 0x0005 (32 bytes, little-endian) do, and who has it can make tokens.
 */
portes_result portes_verifier_add_key(
    portes_verifier verifier, const char *capability, uint16_t token_type, const uint8_t *token_key,
    size_t token_key_length, const uint8_t *secret, size_t secret_length, int64_t not_before, int64_t issue_until,
    int64_t accept_until);

/* Accepts tokens for a challenge, from now on. */
portes_result portes_verifier_add_challenge(portes_verifier verifier, const uint8_t *challenge, size_t length);

/* Accepts them no longer: an occasion is over. PORTES_ERROR_NONE if it did not. */
portes_result portes_verifier_remove_challenge(portes_verifier verifier, const uint8_t *challenge, size_t length);

/*
 * Takes the issuer's revocation list: entries as GET /revocations?after=N gives them (NULL and 0: none are new), N
 * as portes_verifier_revocation_count says, and the signed head of GET /revocations/head, which must be less than a
 * minute old and signed with `revocation_key` (32 bytes, Ed25519: `portes authority show --revocation-key`). One answer has at most 10,000 entries:
 * PORTES_MORE_REVOCATIONS asks for the next, of the same head or a newer one. After PORTES_ERROR_REVOCATIONS fetch
 * head and entries anew. To be done at least every hour, better every few seconds: without it every token is
 * refused as PORTES_REFUSED_REVOCATION_LIST_STALE.
 */
portes_result portes_verifier_take_revocations(
    portes_verifier verifier, const uint8_t *entries, size_t entries_length, const char *head,
    const uint8_t *revocation_key);

/* How many entries of the revocation list are here, in force or not: N for the next GET /revocations?after=N. */
portes_result portes_verifier_revocation_count(portes_verifier verifier, uint64_t *count);

/*
 * Verifies a token, and spends it: a second time the result is PORTES_REFUSED_ALREADY_SPENT. What was spent is
 * remembered in memory, until the verifier is freed; where that is not enough, see portes_verifier_verify.
 * `capability` is what the token is good for, at most 64 bytes.
 */
portes_result portes_verifier_spend(
    portes_verifier verifier, const uint8_t *token, size_t token_length, char *capability, size_t *length);

/* What a token is known by, once it is verified. */
typedef struct portes_verified_token {
    uint8_t key_id[32];    /* the key that made it */
    uint8_t nullifier[16]; /* its name, of this key's tokens */
    int64_t accept_until;  /* when it and its nullifier may be forgotten, in UNIX seconds */
    char capability[64];   /* what it is good for */
} portes_verified_token;

/*
 * Verifies a token and does not spend it. For callers with a database: insert (key_id, nullifier), unique,
 * durably, and only where that succeeds let the request in.
 */
portes_result portes_verifier_verify(
    portes_verifier verifier, const uint8_t *token, size_t token_length, portes_verified_token *verified);

/* Frees a verifier, and forgets what was spent. */
portes_result portes_verifier_free(portes_verifier verifier);

#ifdef __cplusplus
}
#endif

#endif
