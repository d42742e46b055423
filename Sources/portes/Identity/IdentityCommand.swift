import ArgumentParser

/// `portes id`: the identity that needs no name.
struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "id",
        abstract: "An identity without a name: one secret on this device.",
        discussion: """
            The file holds a secret from which a separate key follows for each service, so that no two services can \
            tell that the same person came. Whoever has the file, or the recovery code, is that person: keep the file \
            on devices of yours alone, and the code on paper.

              lost the device?                        portes id recover, with the code
              may somebody have the file or the code? portes id rekey, then sign in everywhere once
              want to be forgotten?                   portes id erase at each service, then --device
              by an issuer too?                       portes account close
            """,
        subcommands: [
            IdentityCreateCommand.self, IdentityShowCommand.self, IdentitySignInCommand.self,
            IdentityRecoverCommand.self, IdentityRekeyCommand.self, IdentityEraseCommand.self,
        ])
}
