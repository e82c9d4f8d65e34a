"""What a credential is: entries, Merkle trees, receipts, QR text and status lists, as pure functions over bytes."""
