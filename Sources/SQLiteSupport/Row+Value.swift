package import GRDB

extension Row {
    /// What is in a column. Unlike a subscript, which ends the process, this throws where a damaged file holds
    /// something else; within a read or a write of a store that becomes ``StoreError/corrupt(path:)``.
    package func value<T: DatabaseValueConvertible>(_ column: String, as type: T.Type = T.self) throws -> T {
        try decode(type, forColumn: column)
    }
}
