/// What each module imports, and what the privacy rule says of that.
struct ImportGraph {
    static let issuanceSide: Set = [
        "Attestation", "Statements", "Issuance", "AuthorityKeys", "AuthorityStore", "AuthorityServer",
    ]
    static let redemptionSide: Set = ["PortesVerifier", "Clearing", "ClearingStore", "ClearingServer"]

    let imports: [String: Set<String>]

    /// A module and everything that it imports, directly or not.
    func closure(of module: String) -> Set<String> {
        var seen: Set<String> = []
        var waiting = [module]
        while let next = waiting.popLast() {
            if seen.insert(next).inserted { waiting += imports[next] ?? [] }
        }
        return seen
    }

    /// The modules that see both issuance and redemption, themselves included. The executable may: it is all commands.
    var crossings: Set<String> {
        Set(imports.keys).subtracting(["portes"]).filter { module in
            let seen = closure(of: module)
            return !seen.isDisjoint(with: Self.issuanceSide) && !seen.isDisjoint(with: Self.redemptionSide)
        }
    }

    /// Those of `clients` that see any module of either side.
    func clientsThatSeeASide(_ clients: Set<String>) -> Set<String> {
        clients.filter { !closure(of: $0).isDisjoint(with: Self.issuanceSide.union(Self.redemptionSide)) }
    }

    /// What `module` imports itself of what it must not.
    func forbiddenImports(of module: String, _ forbidden: Set<String>) -> Set<String> {
        forbidden.intersection(imports[module] ?? [])
    }
}
