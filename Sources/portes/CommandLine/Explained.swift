import AuthorityServer
import AuthorityStore
import ClearingServer
import ClearingStore
import HTTPTransport
import KeyFiles
import SQLiteSupport
import ServerSupport
import WitnessServer
import WitnessStore
import Witnessing

/// An error that says in words what went wrong, and perhaps what to do next.
///
/// There is no default hint: it would stand in for one of another type without a word from the compiler.
protocol Explained: Error, CustomStringConvertible {
    var hint: String? { get }
}

extension StoreError: Explained {}
extension PublishedState.PublishedStateError: Explained {}
extension AuthorityDatabase.OtherHistory: Explained {}
extension KeyFileError: Explained {}
extension PassphraseError: Explained {}
extension BackupError: Explained {}
extension AuthorityError: Explained {}
extension ClearingServerError: Explained {}
extension ClearingStoreError: Explained {}
extension ReplicationError: Explained {}
extension InquiryError: Explained {}
extension ListenError: Explained {}
extension TLSFilesError: Explained {}
extension HTTPTransportError: Explained {}
extension WitnessStoreError: Explained {}
extension WitnessServerError: Explained {}
extension WitnessFailure: Explained {}
