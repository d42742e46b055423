import Foundation
import FuzzedDecoders

/// The decoder that the environment's `PORTES_FUZZ` names.
private let decoder: FuzzedDecoder = {
    let name = ProcessInfo.processInfo.environment["PORTES_FUZZ"] ?? ""
    guard let decoder = FuzzedDecoder(rawValue: name) else { preconditionFailure("PORTES_FUZZ names no decoder") }
    return decoder
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    decoder.check(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
