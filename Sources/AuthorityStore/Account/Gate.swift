import Attestation
import GRDB
import PrivacyPass

/// One kind of evidence that tokens are given for, inside the transaction that decides: it looks, and it pays.
///
/// It sees a number, a key and a digest, never what is to be evaluated.
protocol Gate: Sendable {
    /// Which gate it is, as capabilities are configured.
    static var kind: GateKind { get }
    /// Why it does not pay, found out by reading alone; `nil` if it would.
    func refusal(_ db: Database, _ price: GatePrice) throws -> ChargeOutcome.Refusal?
    /// Pays, after ``refusal(_:_:)`` gave none in the same transaction.
    func pay(_ db: Database, _ price: GatePrice) throws
}

extension Gate {
    var kind: GateKind { Self.kind }
}

/// What is to be paid.
struct GatePrice: Sendable {
    let capability: Capability
    let keyID: TokenKeyID
    let count: Int64
    /// The most that one payer draws under a key.
    let quota: Int64?
}

extension Charge.Payer {
    /// The gates that this payer can come through, in the order in which they are tried.
    var gates: [any Gate] {
        switch self {
        case .voucher(let hash): [VoucherGate(voucher: hash)]
        case .account(let key): [AccountGate(account: key), StatementGate(account: key)]
        case .nobody: []
        }
    }
}
