public import CPortes
internal import LibSodium
internal import PrivacyPass

@c @implementation
public func portes_challenge_make(
    _ token_type: UInt16, _ issuer_name: UnsafePointer<CChar>?, _ origin_names: UnsafePointer<CChar>?,
    _ redemption_context: UnsafePointer<UInt8>?, _ challenge: UnsafeMutablePointer<UInt8>?,
    _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(challenge, length)
        let type = TokenType(rawValue: token_type)
        guard TokenType.implemented.contains(type) else { throw Failure(PORTES_ERROR_TOKEN_TYPE) }
        let issuer = try Buffer.text(issuer_name)
        let origins = try origin_names.map { pointer throws(Failure) in try Buffer.text(pointer) } ?? ""
        let names = origins.isEmpty ? [] : origins.split(separator: ",", omittingEmptySubsequences: false)
        var context: Bytes32?
        if let redemption_context { context = Bytes32(try Buffer.bytes(redemption_context, Bytes32.count)) }
        let made = try Failure.named(PORTES_ERROR_MALFORMED) {
            try TokenChallenge(
                tokenType: type, issuerName: ServerName(issuer), redemptionContext: context,
                originNames: names.map { try ServerName(String($0)) })
        }
        try output.write(made.encoded)
    }
}

@c @implementation
public func portes_challenge_field(
    _ challenge: UnsafePointer<UInt8>?, _ challenge_length: Int, _ token_key: UnsafePointer<UInt8>?,
    _ token_key_length: Int, _ field: UnsafeMutablePointer<CChar>?, _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(field, length)
        let challenge = try decodedChallenge(challenge, challenge_length)
        let key = try decodedKey(token_key, token_key_length, challenge.tokenType)
        let value = PrivateTokenChallenge(challenge: challenge, tokenKey: key.encoded, maximumAge: nil).fieldValue
        try output.write(value)
    }
}

@c @implementation
public func portes_challenge_read(
    _ field: UnsafePointer<CChar>?, _ place: Int, _ challenge: UnsafeMutablePointer<UInt8>?,
    _ challenge_length: UnsafeMutablePointer<Int>?, _ token_key: UnsafeMutablePointer<UInt8>?,
    _ token_key_length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(challenge, challenge_length)
        let keyOutput = try Output(token_key, token_key_length)
        let challenges = PrivateTokenChallenge.parse([try Buffer.text(field)])
        guard challenges.indices.contains(place) else { throw Failure(PORTES_ERROR_NONE) }
        let (found, key) = (challenges[place].challenge.encoded, challenges[place].tokenKey ?? [])
        // Both sizes are told at once.
        let isRoom = Failure.result { () throws(Failure) in try output.needs(found.count) }
        let isKeyRoom = Failure.result { () throws(Failure) in try keyOutput.needs(key.count) }
        guard isRoom == PORTES_OK, isKeyRoom == PORTES_OK else {
            challenge_length?.pointee = found.count
            token_key_length?.pointee = key.count
            throw Failure(isRoom == PORTES_OK ? isKeyRoom : isRoom)
        }
        try output.write(found)
        try keyOutput.write(key)
    }
}

@c @implementation
public func portes_token_field(
    _ token: UnsafePointer<UInt8>?, _ token_length: Int, _ field: UnsafeMutablePointer<CChar>?,
    _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(field, length)
        let bytes = try Buffer.bytes(token, token_length)
        let token = try Failure.named(PORTES_ERROR_MALFORMED) { () throws(MessageError) in try Token(decoding: bytes) }
        try output.write(PrivateTokenCredentials(token: token).fieldValue)
    }
}

@c @implementation
public func portes_token_read(
    _ field: UnsafePointer<CChar>?, _ token: UnsafeMutablePointer<UInt8>?, _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(token, length)
        let value = try Buffer.text(field)
        do {
            try output.write(PrivateTokenCredentials(fieldValue: value).token.encoded)
        } catch let failure as Failure {
            throw failure
        } catch PrivateTokenCredentials.CredentialsError.otherScheme {
            throw Failure(PORTES_ERROR_NONE)
        } catch PrivateTokenCredentials.CredentialsError.notAToken(.unsupportedTokenType) {
            throw Failure(PORTES_ERROR_TOKEN_TYPE)
        } catch {
            throw Failure(PORTES_ERROR_MALFORMED)
        }
    }
}

/// The challenge in a caller's bytes.
func decodedChallenge(_ pointer: UnsafePointer<UInt8>?, _ count: Int) throws(Failure) -> TokenChallenge {
    let bytes = try Buffer.bytes(pointer, count)
    do {
        return try TokenChallenge(decoding: bytes)
    } catch {
        throw Failure(error == .unsupportedTokenType ? PORTES_ERROR_TOKEN_TYPE : PORTES_ERROR_MALFORMED)
    }
}

/// The public key in a caller's bytes.
func decodedKey(_ pointer: UnsafePointer<UInt8>?, _ count: Int, _ tokenType: TokenType) throws(Failure) -> TokenKey {
    let bytes = try Buffer.bytes(pointer, count)
    guard TokenType.implemented.contains(tokenType) else { throw Failure(PORTES_ERROR_TOKEN_TYPE) }
    do {
        return try TokenKey(tokenType: tokenType, decoding: bytes)
    } catch {
        throw Failure(PORTES_ERROR_KEY)
    }
}
