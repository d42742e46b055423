import ArgumentParser

/// The passphrase of a backup, where that is not the key directory's.
struct BackupPassphraseOptions: ParsableArguments {
    @Option(
        help: """
            The file with the backup's passphrase, /dev/fd/4 for descriptor 4, credential:NAME for one that systemd \
            gives (default: the key directory's passphrase).
            """)
    var backupPassphraseFile: String?
}
