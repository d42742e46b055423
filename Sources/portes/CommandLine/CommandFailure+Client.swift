import Foundation
import PortesClient
import PortesClientHTTP
import PrivacyPass

extension CommandFailure {
    /// What the client library's errors are in words.
    init?(clientError error: any Error) {
        switch error {
        case let error as IssuanceError: self.init(error)
        case let error as RedemptionError: self.init(error)
        case let error as SessionRefused:
            self = RedemptionWords(error.outcome).failure ?? CommandFailure("the token opened no session")
        case let error as WalletError: self.init(error)
        case let error as KeyLogRefusal: self.init(error)
        case is ServerURL.URLError:
            self.init("not a URL", hint: "give https://HOST or, on this machine, http://127.0.0.1:PORT")
        case let error as HTTPTokenTransport.ConfigurationError:
            switch error {
            case .invalidProxy: self.init("not a proxy", hint: "give http://HOST:PORT or socks5://HOST:PORT")
            case .invalidCertificateAuthorityFile:
                self.init("the certificate authority file cannot be used", hint: "give a readable PEM file")
            }
        default: return nil
        }
    }

    private init(_ error: IssuanceError) {
        switch error {
        case .unreachable(let failure):
            self.init(
                "no answer from the issuer: \(failure.text)",
                hint: "\(failure.hint ?? "try again"); what was charged of type 0x0005 is fetched again, and charged once")
        case .overloaded(let seconds):
            self.init("the issuer is busy", hint: "try again in \(seconds ?? 5) s; what was charged of type 0x0005 is charged once")
        case .refused(let refusal): self.init(refusal)
        case .quotaExhausted:
            self.init(
                "the voucher or account draws no more tokens in this epoch",
                hint: "ask for fewer with --count, or come again when the next key issues")
        case .wrongIssuer: self.init("the challenge is for another issuer", hint: "check --issuer and --issuer-name")
        case .otherName(let name):
            self.init(
                "the issuer's name is \(name.text), not that of its URL or --issuer-name; nothing was charged",
                hint: "if it is the issuer you mean, add --issuer-name \(name.text)")
        case .keyNotPublished:
            self.init("the challenge names a key that the issuer does not publish", hint: "do not answer it")
        case .keyNotOffered:
            self.init(
                "the origin asks for tokens under another key than the issuer's for the capability; nothing was charged",
                hint: "check --capability; right after a key's change try again in a few seconds")
        case .keyLog(let refusal): self.init(refusal)
        case .noKey:
            self.init(
                "the issuer has no key for this capability now",
                hint: "check --capability and --token-type, or try again later")
        case .keyNotIssuing: self.init("the issuer does not issue under this key", hint: "try again")
        case .failed(let status): self.init("the issuer answered with status \(status)", hint: "check --issuer")
        case .badAnswer: self.init("the answer is not one of an issuer", hint: "check --issuer")
        case .invalidProof:
            self.init(
                "the issuer used another key than it publishes",
                hint: "do not use this issuer: it may be marking its tokens")
        case .unsupported: self.init("this kind of token cannot be fetched")
        }
    }

    private init(_ refusal: IssuanceError.Refusal) {
        switch refusal {
        case .voucherRequired: self.init("the issuer wants a voucher", hint: "name its file with --voucher-file")
        case .voucherMalformed: self.init("not a voucher", hint: "check for a mistyped or missing character")
        case .voucherUnknown: self.init("the issuer does not know the voucher, or refuses it", hint: "get another one")
        case .wrongCapability: self.init("the voucher is for another capability", hint: "check --capability")
        case .voucherExhausted:
            self.init(
                "the voucher is worth fewer tokens than that",
                hint: "ask for fewer with --count, or get another voucher if it is used up")
        case .gateRefused:
            self.init(
                "the issuer does not give tokens of this capability for that",
                hint: "ask who runs the issuer what it gives them for")
        case .noAccounts:
            self.init("there are no accounts at this issuer", hint: "check --issuer, or use a voucher")
        case .accountUnknown: self.init("the account is not open at this issuer", hint: "open it with portes account open")
        case .accountRefused:
            self.init("the issuer does not take the account's signature", hint: "check --issuer and --issuer-name")
        case .creditExhausted:
            self.init(
                "statements gave the account fewer tokens than that", hint: "ask for fewer, or present another statement")
        case .openingRefused:
            self.init("the issuer opens no accounts for that", hint: "ask who runs the issuer what it opens them for")
        case .proofTooHard:
            self.init("the issuer asks for more computing time than anybody should", hint: "do not use this issuer")
        case .challengeInvalid: self.init("the issuer's challenge is over", hint: "try again")
        case .statementUsed:
            self.init("the statement was used before", hint: "if it was for this account, its tokens can be fetched")
        case .statementRefused(let reason):
            self.init(
                "the issuer does not take the statement: \(reason)", hint: "ask whoever signed it for another one")
        case .capabilityRevoked:
            self.init(
                "the capability is revoked: nobody gets tokens of it any more",
                hint: "ask who runs the issuer what takes its place")
        case .batchTooLarge:
            self.init(
                "the issuer gives fewer tokens at a time than that", hint: "ask for fewer with --count")
        case .other: self.init("the issuer refused")
        }
    }

    private init(_ error: RedemptionError) {
        switch error {
        case .unreachable(let failure):
            self.init(
                "no answer from the origin: \(failure.text)",
                hint: "\(failure.hint ?? "try again"); a token that was sent is sent again first, and counts once")
        case .overloaded(let seconds):
            self.init(
                "the origin is busy",
                hint: "spend again in \(seconds ?? 5) s: the same token is sent first, and counts once")
        case .failed(let status):
            self.init("the origin answered with status \(status)", hint: "check --origin and --path")
        case .badAnswer: self.init("the answer is not one of an origin", hint: "check --origin and --path")
        case .capabilityRevoked:
            self.init(
                "what the origin took tokens of is revoked: it takes none any more",
                hint: "ask who runs the origin what takes its place")
        case .verifierRevoked:
            self.init(
                "the origin may verify no tokens any more",
                hint: "the tokens are kept, and are good elsewhere; ask who runs the origin")
        case .noChallenge:
            self.init("the origin asks for no token that this build knows", hint: "check --origin and --path")
        case .otherNames(let names, let name):
            self.init(
                "the origin asks for tokens for \(names.map(\.text).joined(separator: ", ")), not for \(name.text)",
                hint: "if it is the origin you mean, add --origin-name \(names.first?.text ?? "")")
        case .otherChallenge(let challenge): self.init(OriginWords(challenge))
        case .wrongOrigin: self.init("the token was taken for another origin")
        case .proofRefused:
            self.init(
                "the service does not take the proof of this session's key",
                hint: "is it reached under another name than it has, or the clock wrong? --bearer opens one without a key")
        }
    }

    /// What a code of `errno` means for a file of the client's, which an option names.
    init(fileSystem code: Int32, _ file: String, option: String) {
        switch code {
        case ENOENT: self.init("\(file) has no directory to be in", hint: "make the directory, or check \(option)")
        case ENOTDIR, EISDIR, EINVAL, ELOOP:
            self.init("\(file) is not a plain file", hint: "name a file that is no directory and no link")
        case EACCES, EPERM:
            self.init(
                "\(file) may not be used by this user", hint: "check the permissions of the file and its directory")
        case EROFS: self.init("\(file) is on a disk that cannot be written", hint: "copy it to another place")
        case ENOSPC, EDQUOT: self.init("there is no room for \(file)", hint: "free some; nothing was lost")
        default: self.init("\(file) cannot be read or written", hint: "check its permissions and the disk")
        }
    }

    private init(_ error: WalletError) {
        switch error {
        case .inUse: self.init("another process has the wallet open", hint: "wait until it is done")
        case .corrupt:
            self.init(
                "the wallet file is damaged or not a wallet",
                hint: "it was left as it is; restore a copy or name another file")
        case .sealed:
            self.init(
                "the wallet is sealed with an identity",
                hint: "name its file with --identity; portes id recover brings it back from its code")
        case .newerVersion: self.init("a newer version of portes wrote the wallet", hint: "update portes")
        case .closed: self.init("the wallet was closed")
        case .fileSystem(let code): self.init(fileSystem: code, "the wallet file", option: "--wallet")
        case .absent: self.init("there is no wallet", hint: "check --wallet, or fetch tokens with portes token fetch")
        case .empty: self.init("the wallet has no token that fits", hint: "fetch some with portes token fetch")
        case .severalCapabilities:
            self.init(
                "the wallet has tokens of several capabilities for this origin", hint: "name one with --capability")
        case .wrongOrigin: self.init("these tokens are for another origin")
        case .wrongLength: self.init("the binding or purpose has a wrong length")
        }
    }
}
